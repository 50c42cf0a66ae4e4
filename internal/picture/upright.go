package picture

import (
	"image"

	"golang.org/x/image/draw"
)

// scaled gives the picture with no side longer than longest, as it is when it has none.
func scaled(src image.Image, longest int) image.Image {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if w <= longest && h <= longest {
		return src
	}
	if w >= h {
		w, h = longest, max(1, h*longest/w)
	} else {
		w, h = max(1, w*longest/h), longest
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(dst, dst.Bounds(), src, b, draw.Src, nil)
	return dst
}

// upright turns a picture as EXIF's orientation says: 2 mirrored, 3 upside down, 4 both, 5 to 8 lying on a side.
func upright(src image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	from := rgba(src)
	w, h := from.Rect.Dx(), from.Rect.Dy()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			sx, sy := x, y
			if orientation >= 5 {
				sx, sy = y, x
			}
			switch orientation {
			case 2, 8:
				sx = w - 1 - sx
			case 4, 6:
				sy = h - 1 - sy
			case 3, 7:
				sx, sy = w-1-sx, h-1-sy
			}
			copy(to.Pix[to.PixOffset(x, y):][:4], from.Pix[from.PixOffset(sx, sy):][:4])
		}
	}
	return to
}

// rgba gives the picture as RGBA with its corner at the origin.
func rgba(src image.Image) *image.RGBA {
	if m, ok := src.(*image.RGBA); ok && m.Rect.Min == (image.Point{}) {
		return m
	}
	b := src.Bounds()
	m := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(m, m.Rect, src, b.Min, draw.Src)
	return m
}

// opaque lays a picture on white: JPEG has no transparency.
func opaque(src image.Image) image.Image {
	if m, ok := src.(interface{ Opaque() bool }); !ok || m.Opaque() {
		return src
	}
	b := src.Bounds()
	m := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, m.Rect, src, b.Min, draw.Over)
	return m
}
