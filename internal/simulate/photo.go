package simulate

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
)

// photo draws a made-up device, opened, with something in its way: no two are alike.
func photo(chance *chance) ([]byte, error) {
	m := image.NewRGBA(image.Rect(0, 0, 640, 480))
	shade := uint8(150 + chance.IntN(80))
	fill := func(r image.Rectangle, c color.Color) { draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Src) }
	fill(m.Bounds(), color.RGBA{shade, shade, shade - 10, 255})
	fill(image.Rect(120, 90, 520, 430), color.RGBA{60, 64, 72, 255})
	for i := range 3 + chance.IntN(3) {
		fill(image.Rect(150, 130+i*50, 490, 160+i*50), color.RGBA{90, 96, uint8(104 + 20*i), 255})
	}
	x, y := 160+chance.IntN(260), 140+chance.IntN(200)
	fill(image.Rect(x, y, x+60, y+30+chance.IntN(60)), color.RGBA{250, 250, 245, 255}) // paper
	return encoded(m)
}

// signature draws a line as of a finger on glass.
func signature(chance *chance) ([]byte, error) {
	m := image.NewRGBA(image.Rect(0, 0, 480, 160))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	wide, high, turn := 0.03+chance.Float64()*0.04, 20+chance.Float64()*30, chance.Float64()*6
	for x := 40.0; x < 440; x += 0.25 {
		y := 80 + high*math.Sin(x*wide+turn)*math.Cos(x*wide*2.3)
		for _, d := range []image.Point{{}, {X: 1}, {Y: 1}, {X: 1, Y: 1}} {
			m.Set(int(x)+d.X, int(y)+d.Y, color.RGBA{20, 30, 90, 255})
		}
	}
	return encoded(m)
}

func encoded(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80})
	return b.Bytes(), err
}
