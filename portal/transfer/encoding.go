package transfer

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Names of encodings as Summary.Encoding tells them.
const (
	encodingUTF8    = "UTF-8"
	encodingUTF16   = "UTF-16"
	encodingWindows = "Windows-1252"
)

// detectWindow is how many bytes, from the first that is not ASCII, decide between UTF-8 and Windows-1252.
const detectWindow = 64 << 10

// decoder gives any text file as UTF-8 with "\n" at the end of each line. The encoding is told by a byte
// order mark, or else by the first bytes beyond ASCII: text in Windows-1252 (and Latin-1, which is part
// of it) is practically never valid UTF-8. Bytes that are wrong in UTF-8 pass through, so that the row
// they stand in can be refused rather than the file.
type decoder struct {
	in      *bufio.Reader
	decided string
	out     io.Reader // set once it is not UTF-8
	afterCR bool
}

func newDecoder(r io.Reader) (*decoder, error) {
	d := &decoder{in: bufio.NewReaderSize(r, detectWindow)}
	head, err := d.in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case len(head) >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF:
		_, _ = d.in.Discard(3) // peeked just now
		d.decided = encodingUTF8
	case len(head) >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF):
		d.use(encodingUTF16, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))
	}
	return d, nil
}

// encoding is what the text turned out to be; plain ASCII counts as UTF-8.
func (d *decoder) encoding() string {
	if d.decided == "" {
		return encodingUTF8
	}
	return d.decided
}

func (d *decoder) use(name string, e encoding.Encoding) {
	d.decided = name
	d.out = transform.NewReader(d.in, e.NewDecoder())
}

// Read implements io.Reader.
func (d *decoder) Read(p []byte) (int, error) {
	for {
		n, err := d.read(p)
		n = d.newlines(p[:n])
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}

func (d *decoder) read(p []byte) (int, error) {
	if d.out != nil {
		return d.out.Read(p)
	}
	if d.decided != "" {
		return d.in.Read(p)
	}
	// One byte makes the buffer fill; what is buffered is then looked through without blocking.
	if _, err := d.in.Peek(1); err != nil {
		return 0, err
	}
	ascii, _ := d.in.Peek(min(d.in.Buffered(), len(p)))
	n := 0
	for n < len(ascii) && ascii[n] < utf8.RuneSelf {
		n++
	}
	if n > 0 || len(p) == 0 {
		return d.in.Read(p[:n])
	}
	window, err := d.in.Peek(detectWindow)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if looksUTF8(window) {
		d.decided = encodingUTF8
	} else {
		d.use(encodingWindows, charmap.Windows1252)
	}
	return d.read(p)
}

// looksUTF8 weighs the sequences that are right in UTF-8 against the bytes that are not, so that one
// damaged letter in a UTF-8 file does not turn all the others into nonsense.
func looksUTF8(b []byte) bool {
	right, wrong := 0, 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			if !utf8.FullRune(b) { // cut at the end of the window or of the file
				return right >= wrong
			}
			wrong++
		case size > 1:
			right++
		}
		b = b[size:]
	}
	return right > wrong
}

// newlines turns "\r\n" and "\r" into "\n" in place and returns the new length.
func (d *decoder) newlines(p []byte) int {
	n := 0
	for _, c := range p {
		if c == '\n' && d.afterCR {
			d.afterCR = false
			continue
		}
		d.afterCR = c == '\r'
		if d.afterCR {
			c = '\n'
		}
		p[n] = c
		n++
	}
	return n
}
