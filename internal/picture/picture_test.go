package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"utsendt/internal/fault"
	"utsendt/internal/picture"
)

// quarters is a picture with a colour in each quarter: red, green, blue, white from the top left, row by row.
func quarters(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, corners[x*2/w+y*2/h*2])
		}
	}
	return m
}

var corners = []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// secrets are what must not come out.
var secrets = []string{"59.913868N", "SecretCamera", "secret comment", "secret xmp", "<script>", "hidden tail", "Exif", "http://ns.adobe.com"}

// withMetadata puts EXIF with an orientation and a position, XMP and a comment into a JPEG, and something behind its end.
func withMetadata(data []byte, orientation uint16, order binary.AppendByteOrder) []byte {
	mark := "II*\x00\x08\x00\x00\x00"
	if order.String() == "BigEndian" {
		mark = "MM\x00*\x00\x00\x00\x08"
	}
	exif := []byte("Exif\x00\x00" + mark)
	exif = order.AppendUint16(exif, 2)
	exif = order.AppendUint16(exif, 0x010f) // maker
	exif = order.AppendUint16(exif, 2)
	exif = order.AppendUint32(exif, 4)
	exif = append(exif, "abc\x00"...)
	exif = order.AppendUint16(exif, 0x0112)
	exif = order.AppendUint16(exif, 3)
	exif = order.AppendUint32(exif, 1)
	exif = order.AppendUint16(exif, orientation)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	exif = append(exif, "SecretCamera GPS 59.913868N"...)
	out := append([]byte{}, data[:2]...)
	segment := func(marker byte, body []byte) {
		out = append(out, 0xff, marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
		out = append(out, body...)
	}
	segment(0xe1, exif)
	segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x>secret xmp</x>"))
	segment(0xfe, []byte("secret comment <html><script>alert(1)</script>"))
	out = append(out, data[2:]...)
	return append(out, "<html><script>hidden tail</script>"...)
}

func clean(t *testing.T, p picture.Picture) {
	t.Helper()
	for _, part := range [][]byte{p.Content, p.Thumbnail} {
		for _, secret := range secrets {
			if bytes.Contains(part, []byte(secret)) {
				t.Errorf("%q came through", secret)
			}
		}
	}
	m, format, err := image.Decode(bytes.NewReader(p.Content))
	if err != nil || m.Bounds().Dx() != p.Width || m.Bounds().Dy() != p.Height || "image/"+format != string(p.Type) {
		t.Errorf("%s of %dx%d: %v %s", p.Type, p.Width, p.Height, err, format)
	}
	thumbnail, format, err := image.Decode(bytes.NewReader(p.Thumbnail))
	if err != nil || format != "jpeg" || max(thumbnail.Bounds().Dx(), thumbnail.Bounds().Dy()) > picture.ThumbnailSide {
		t.Errorf("thumbnail: %v %s %v", err, format, thumbnail.Bounds())
	}
}

// Every orientation ends upright, and nothing of the metadata comes through.
func TestUprightAndClean(t *testing.T) {
	t.Parallel()
	r := picture.New(picture.Limits{})
	// Which corner of what is stored is seen at the top left, top right, bottom left and bottom right: CIPA DC-008, 4.6.4.
	seen := map[uint16][4]int{1: {0, 1, 2, 3}, 2: {1, 0, 3, 2}, 3: {3, 2, 1, 0}, 4: {2, 3, 0, 1}, 5: {0, 2, 1, 3}, 6: {2, 0, 3, 1}, 7: {3, 1, 2, 0}, 8: {1, 3, 0, 2}}
	for orientation, want := range seen {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			p, err := r.Read(t.Context(), withMetadata(jpegOf(t, quarters(160, 80)), orientation, order))
			if err != nil {
				t.Fatal(err)
			}
			clean(t, p)
			w, h := 160, 80
			if orientation >= 5 {
				w, h = h, w
			}
			if p.Width != w || p.Height != h || p.Type != picture.JPEG {
				t.Errorf("orientation %d: %s of %dx%d", orientation, p.Type, p.Width, p.Height)
				continue
			}
			m, err := jpeg.Decode(bytes.NewReader(p.Content))
			if err != nil {
				t.Fatal(err)
			}
			for i, at := range []image.Point{{w / 4, h / 4}, {w * 3 / 4, h / 4}, {w / 4, h * 3 / 4}, {w * 3 / 4, h * 3 / 4}} {
				if !near(m.At(at.X, at.Y), corners[want[i]]) {
					t.Errorf("orientation %d, corner %d: %v, want %v", orientation, i, m.At(at.X, at.Y), corners[want[i]])
				}
			}
		}
	}
}

func near(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	far := func(x, y uint32) bool { return max(x, y)-min(x, y) > 0x2000 }
	return !far(r1, r2) && !far(g1, g2) && !far(b1, b2)
}

func TestScalesDown(t *testing.T) {
	t.Parallel()
	r := picture.New(picture.Limits{})
	p, err := r.Read(t.Context(), jpegOf(t, quarters(6000, 1500)))
	if err != nil {
		t.Fatal(err)
	}
	clean(t, p)
	if p.Width != 4096 || p.Height != 1024 {
		t.Errorf("%dx%d", p.Width, p.Height)
	}
	if p, err = r.Read(t.Context(), pngOf(t, quarters(1, 3))); err != nil || p.Width != 1 || p.Height != 3 || p.Type != picture.PNG {
		t.Errorf("%v %+v", err, p)
	}
	clean(t, p)
}

// chunk is one of a PNG.
func chunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func TestPNGIsCleaned(t *testing.T) {
	t.Parallel()
	data := pngOf(t, quarters(40, 40))
	const head = 8 + 25
	with := append([]byte{}, data[:head]...)
	with = append(with, chunk("tEXt", []byte("Comment\x00secret comment SecretCamera"))...)
	with = append(with, chunk("eXIf", []byte("II*\x00 59.913868N"))...)
	with = append(append(with, data[head:]...), "hidden tail <script>"...)
	p, err := picture.New(picture.Limits{}).Read(t.Context(), with)
	if err != nil {
		t.Fatal(err)
	}
	clean(t, p)
}

// Files that are no photo, or would hurt, are refused in words, quickly, and before anything large is unpacked.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	r := picture.New(picture.Limits{})
	good := jpegOf(t, quarters(300, 200))
	var animation bytes.Buffer
	if err := gif.Encode(&animation, quarters(10, 10), nil); err != nil {
		t.Fatal(err)
	}
	// A PNG that says 50,000 by 50,000 and is 100 bytes long.
	header := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 50_000), 50_000), 8, 6, 0, 0, 0)
	bomb := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", header)...)
	// A JPEG of 65,000 by 65,000.
	wide := bytes.Clone(good)
	sof := bytes.Index(wide, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(wide[sof+5:], 65_000)
	binary.BigEndian.PutUint16(wide[sof+7:], 65_000)
	scans := bytes.Clone(good[:len(good)-2])
	sos := bytes.Index(scans, []byte{0xff, 0xda})
	for range 100 {
		scans = append(scans, good[sos:sos+20]...)
	}
	ftyp := func(brand string) []byte {
		return append(binary.BigEndian.AppendUint32(nil, 24), "ftyp"+brand+"\x00\x00\x00\x00mif1"+brand...)
	}
	for name, c := range map[string]struct {
		data   []byte
		reason string
	}{
		"nothing":            {nil, "photo_empty"},
		"one octet":          {[]byte{0xff}, "photo_type"},
		"only a magic":       {[]byte{0xff, 0xd8, 0xff}, "photo_broken"},
		"cut in the middle":  {good[:len(good)/2], "photo_broken"},
		"GIF":                {animation.Bytes(), "photo_type"},
		"SVG":                {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "photo_type"},
		"HTML":               {[]byte("<!doctype html><script>alert(1)</script>"), "photo_type"},
		"HTML before a JPEG": {append([]byte("<html>"), good...), "photo_type"},
		"PDF":                {[]byte("%PDF-1.7\n"), "photo_type"},
		"AVIF":               {append(ftyp("avif"), make([]byte, 100)...), "photo_type"},
		"HEIC garbage":       {append(ftyp("heic"), bytes.Repeat([]byte{0xa5}, 5000)...), "photo_broken"},
		"PNG bomb":           {bomb, "photo_dimensions"},
		"JPEG bomb":          {wide, "photo_dimensions"},
		"a hundred scans":    {scans, "photo_broken"},
		"too large a file":   {append(bytes.Clone(good), make([]byte, 10<<20)...), "photo_too_large"},
		"HEIC bomb":          {heicBomb(ftyp("heic"), 60_000, 60_000), "photo_dimensions"},
		"HEIC without":       {heicBomb(ftyp("heic"), 100, 100), "photo_broken"},
	} {
		if _, err := r.Read(t.Context(), c.data); fault.ReasonOf(err) != c.reason || fault.From(err).Field != "data" {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
	}
}

// heicBomb is a HEIC file that says how large its picture is, and has none.
func heicBomb(ftyp []byte, width, height uint32) []byte {
	box := func(kind string, body []byte) []byte {
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8)), kind...), body...)
	}
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(make([]byte, 4), width), height)
	return append(ftyp, box("meta", append(make([]byte, 4), box("iprp", box("ipco", box("ispe", size)))...))...)
}

// sample is a HEIC file that comes with the decoder's source.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/gen2brain/heic").Output()
	if err != nil {
		t.Skipf("the HEIC decoder's source is not here: %v", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "testdata", name))
	if err != nil {
		t.Skipf("the HEIC decoder's source is not here: %v", err)
	}
	return data
}

func TestHEICBecomesJPEG(t *testing.T) {
	t.Parallel()
	r := picture.New(picture.Limits{})
	names := []string{"test8.heic", "gray.heic"}
	if underRace {
		names = names[:1]
	}
	for _, name := range names {
		p, err := r.Read(t.Context(), sample(t, name))
		if err != nil || p.Type != picture.JPEG || p.Width < 100 || p.Height < 100 {
			t.Fatalf("%s: %v %s %dx%d", name, err, p.Type, p.Width, p.Height)
		}
		clean(t, p)
	}
	// Damaged anywhere it is refused or read, and never takes this process with it.
	data := sample(t, "test8.heic")
	step := len(data) / 3
	if underRace {
		step = len(data) // once
	}
	for at := 40; at < len(data); at += step {
		bad := bytes.Clone(data)
		for i := at; i < min(at+200, len(bad)); i++ {
			bad[i] ^= 0x5a
		}
		if _, err := r.Read(t.Context(), bad); err != nil && fault.ReasonOf(err) != "photo_broken" && fault.ReasonOf(err) != "photo_dimensions" {
			t.Errorf("damaged at %d: %v", at, err)
		}
	}
	if _, err := r.Read(t.Context(), data[:len(data)/2]); fault.ReasonOf(err) != "photo_broken" {
		t.Errorf("half a file: %v", err)
	}
}

// Many at once share one budget, and one that gives up leaves it.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := picture.New(picture.Limits{Memory: 2 << 20})
	data := jpegOf(t, quarters(400, 300))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx, data); err == nil {
		t.Error("read though the caller had left")
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := r.Read(t.Context(), data); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, err := r.Read(t.Context(), jpegOf(t, quarters(1000, 1000))); fault.ReasonOf(err) != "photo_dimensions" {
		t.Errorf("beyond the budget: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	r := picture.New(picture.Limits{Bytes: 1 << 16, Pixels: 1 << 16})
	m := quarters(20, 10)
	f.Add(jpegOf(f, m))
	f.Add(pngOf(f, m))
	f.Add(withMetadata(jpegOf(f, m), 6, binary.BigEndian))
	f.Add([]byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1miaf"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if picture.FormatOf(data) == picture.HEIC {
			return // a process for each try: TestHEICBecomesJPEG damages some
		}
		p, err := r.Read(t.Context(), data)
		if err != nil {
			if fault.From(err).Field != "data" {
				t.Fatal(err)
			}
			return
		}
		if _, _, err := image.Decode(bytes.NewReader(p.Content)); err != nil {
			t.Fatal(err)
		}
	})
}

// How long a phone's photo of 12 megapixels takes, beside decoding it alone.
func BenchmarkRead(b *testing.B) {
	r := picture.New(picture.Limits{})
	data := jpegOf(b, quarters(4032, 3024))
	for b.Loop() {
		if _, err := r.Read(b.Context(), data); err != nil {
			b.Fatal(err)
		}
	}
	each := b.Elapsed()
	n := b.N
	b.StopTimer()
	floor := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(float64(each.Nanoseconds())/float64(n)/float64(floor.NsPerOp()), "times-decoding")
}
