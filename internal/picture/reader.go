package picture

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strconv"

	"golang.org/x/sync/semaphore"

	"utsendt/internal/fault"
)

// Limits bound what is read; zero fields take the defaults.
type Limits struct {
	// Bytes is the largest file; default 10 MiB.
	Bytes int
	// Pixels is the largest picture; default 50 million.
	Pixels int
	// Memory is what all pictures being decoded may take at one time, in bytes, by what their headers say; default 400 MiB.
	// One that would take more alone is refused.
	Memory int64
}

// Side and thumbnail are the longest sides, in pixels, of what comes out.
const (
	Side          = 4096
	ThumbnailSide = 480
)

// maxScans is more than cameras and encoders make: each scan of a progressive JPEG goes over the whole picture.
const maxScans = 64

const quality = 88

// Picture is what came out: safe to store and to serve.
type Picture struct {
	// Type is JPEG or PNG.
	Type          Format
	Content       []byte
	Width, Height int
	// Thumbnail is a JPEG with no side longer than ThumbnailSide.
	Thumbnail []byte
}

// Reader reads pictures. It is safe for concurrent use.
type Reader struct {
	limits Limits
	memory *semaphore.Weighted
}

// New makes a Reader. All of a process should share one, because they share its memory.
func New(limits Limits) *Reader {
	if limits.Bytes == 0 {
		limits.Bytes = 10 << 20
	}
	if limits.Pixels == 0 {
		limits.Pixels = 50_000_000
	}
	if limits.Memory == 0 {
		limits.Memory = 400 << 20
	}
	return &Reader{limits, semaphore.NewWeighted(limits.Memory)}
}

// Limits gives the limits in force.
func (r *Reader) Limits() Limits { return r.limits }

// Read makes a safe picture of a file. It waits for its share of memory as long as ctx allows.
func (r *Reader) Read(ctx context.Context, data []byte) (Picture, error) {
	format, cost, err := r.check(data)
	if err != nil {
		return Picture{}, err
	}
	if err := r.memory.Acquire(ctx, cost); err != nil {
		return Picture{}, err
	}
	defer r.memory.Release(cost)
	orientation := 1
	var img image.Image
	switch format {
	case HEIC:
		if data, err = convertHEIC(ctx, data); err != nil {
			return Picture{}, err
		}
		img, err = jpeg.Decode(bytes.NewReader(data))
	case PNG:
		img, err = png.Decode(bytes.NewReader(data))
	default:
		orientation = scanJPEG(data).orientation
		img, err = jpeg.Decode(bytes.NewReader(data))
	}
	if err != nil {
		return Picture{}, broken(err)
	}
	if err := ctx.Err(); err != nil {
		return Picture{}, err
	}
	return finish(format, upright(scaled(img, Side), orientation))
}

// check refuses what is not to be decoded, and reckons what decoding takes in bytes.
func (r *Reader) check(data []byte) (Format, int64, error) {
	if len(data) == 0 {
		return "", 0, fault.NewInvalid("data", "photo_empty", "The photo is empty.")
	}
	if len(data) > r.limits.Bytes {
		return "", 0, fault.NewInvalid("data", "photo_too_large", "The photo is too large.",
			fault.Param("max_bytes", strconv.Itoa(r.limits.Bytes)))
	}
	format := FormatOf(data)
	var size image.Config
	var err error
	perPixel := int64(3)
	switch format {
	case JPEG:
		facts := scanJPEG(data)
		if size, err = jpeg.DecodeConfig(bytes.NewReader(data)); err == nil && facts.scans > maxScans {
			return "", 0, broken(nil)
		}
		if facts.progressive {
			perPixel += 12
		}
	case PNG:
		size, err = png.DecodeConfig(bytes.NewReader(data))
		if perPixel = 4; size.ColorModel == color.NRGBA64Model || size.ColorModel == color.RGBA64Model {
			perPixel = 8
		}
	case HEIC:
		if size.Width, size.Height = heicSize(data); size.Width == 0 || size.Height == 0 {
			return "", 0, broken(nil)
		}
	default:
		return "", 0, fault.NewInvalid("data", "photo_type", "A photo must be a JPEG, PNG or HEIC file.")
	}
	if err != nil {
		return "", 0, broken(err)
	}
	pixels := int64(size.Width) * int64(size.Height)
	const out = 2 * 4 // scaled and turned, in RGBA
	cost := pixels*perPixel + min(pixels, Side*Side)*out
	if size.Width > 1<<16 || size.Height > 1<<16 || pixels > int64(r.limits.Pixels) || cost > r.limits.Memory {
		return "", 0, fault.NewInvalid("data", "photo_dimensions", "The photo has too many pixels.",
			fault.Param("max_pixels", strconv.Itoa(r.limits.Pixels)))
	}
	if format == HEIC {
		cost = r.limits.Memory // its process takes more than we can reckon: one at a time
	}
	return format, cost, nil
}

func broken(cause error) error {
	return fault.NewInvalid("data", "photo_broken", "The photo cannot be read: the file is damaged or incomplete.", fault.Cause(cause))
}

// finish encodes what was decoded. Only PNG stays PNG: drawings and screenshots keep their edges.
func finish(format Format, img image.Image) (Picture, error) {
	p := Picture{Type: JPEG, Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
	var content, thumbnail bytes.Buffer
	var err error
	if format == PNG {
		p.Type = PNG
		err = png.Encode(&content, img)
	} else {
		err = jpeg.Encode(&content, opaque(img), &jpeg.Options{Quality: quality})
	}
	if err != nil {
		return Picture{}, broken(err)
	}
	if err := jpeg.Encode(&thumbnail, opaque(scaled(img, ThumbnailSide)), &jpeg.Options{Quality: 80}); err != nil {
		return Picture{}, broken(err)
	}
	p.Content, p.Thumbnail = content.Bytes(), thumbnail.Bytes()
	return p, nil
}
