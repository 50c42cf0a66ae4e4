package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"

	"github.com/gen2brain/heic"
)

// childEnv makes any program with this package in it a converter: it reads one HEIC file from its standard input, writes a JPEG
// to its standard output, and ends. The decoder, libheif in WebAssembly, can be made to take gigabytes or to run for ever by
// a file of some kilobytes, and nothing in its own process could stop it.
const childEnv = "UTSENDT_PICTURE_CHILD"

func init() {
	if os.Getenv(childEnv) == "" {
		return
	}
	if err := child(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(in io.Reader, out io.Writer) error {
	if err := limitMyself(heicMemory, heicTime); err != nil {
		return err
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	img, err := heic.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if img.Bounds().Empty() {
		return image.ErrFormat
	}
	return jpeg.Encode(out, opaque(scaled(img, Side)), &jpeg.Options{Quality: 95})
}
