package check

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// scale is the pixels of a point: twice what is needed, for sharp screens.
const scale = 2

var white = color.RGBA{0xff, 0xff, 0xff, 0xff}

// canvas draws shapes and text in points onto pixels.
type canvas struct {
	img      *image.RGBA
	raster   *vector.Rasterizer
	fallback []*opentype.Font
	faces    map[faceKey]faceSet
}

type faceKey struct {
	weight weight
	size   float64
}

// faceSet is one size in several fonts: each lends the characters that those before
// it lack.
type faceSet []sizedFont

type sizedFont struct {
	font *opentype.Font
	face font.Face
}

type weight int

const (
	regular weight = iota
	bold
)

// The Go fonts are embedded and known to parse.
var fonts = sync.OnceValue(func() [2]*opentype.Font {
	r, errRegular := opentype.Parse(goregular.TTF)
	b, errBold := opentype.Parse(gobold.TTF)
	if errRegular != nil || errBold != nil {
		panic("check: the embedded fonts do not parse")
	}
	return [2]*opentype.Font{r, b}
})

func newCanvas(width, height int, fallback []byte) *canvas {
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, width*scale, height*scale)), raster: vector.NewRasterizer(0, 0), faces: map[faceKey]faceSet{}}
	for _, data := range [][]byte{fallback, chineseFont} {
		if f := fallbackFont(data); f != nil {
			c.fallback = append(c.fallback, f)
		}
	}
	return c
}

// fallbackFont takes a font file or the first of a collection; nil when it is neither.
func fallbackFont(data []byte) *opentype.Font {
	if len(data) == 0 {
		return nil
	}
	if f, err := opentype.Parse(data); err == nil {
		return f
	}
	if all, err := opentype.ParseCollection(data); err == nil && all.NumFonts() > 0 {
		if f, err := all.Font(0); err == nil {
			return f
		}
	}
	return nil
}

func (c *canvas) face(w weight, size float64) faceSet {
	k := faceKey{w, size}
	if f, ok := c.faces[k]; ok {
		return f
	}
	options := &opentype.FaceOptions{Size: size * scale, DPI: 72, Hinting: font.HintingNone}
	var set faceSet
	for _, f := range append([]*opentype.Font{fonts()[w]}, c.fallback...) {
		if face, err := opentype.NewFace(f, options); err == nil {
			set = append(set, sizedFont{f, face})
		}
	}
	c.faces[k] = set
	return set
}

// of picks the first face that has a glyph for r, else the first of all, which draws
// a box.
func (f faceSet) of(r rune, buf *sfnt.Buffer) font.Face {
	for _, s := range f {
		if i, err := s.font.GlyphIndex(buf, r); err == nil && i != 0 {
			return s.face
		}
	}
	return f[0].face
}

// text draws s with its baseline at y, cut with an ellipsis to fit width.
func (c *canvas) text(s string, x, y int, f faceSet, tone color.Color, width int) {
	var buf sfnt.Buffer
	s = f.fit(s, fixed.I(width*scale), &buf)
	dot := fixed.P(x*scale, y*scale)
	for _, r := range s {
		d := font.Drawer{Dst: c.img, Src: image.NewUniform(tone), Face: f.of(r, &buf), Dot: dot}
		d.DrawString(string(r))
		dot = d.Dot
	}
}

func (f faceSet) fit(s string, width fixed.Int26_6, buf *sfnt.Buffer) string {
	const ellipsis = '…'
	end, _ := f[0].face.GlyphAdvance(ellipsis)
	var sum fixed.Int26_6
	cut := 0 // bytes that still fit together with an ellipsis
	for i, r := range s {
		a, _ := f.of(r, buf).GlyphAdvance(r)
		sum += a
		if sum > width {
			return s[:cut] + string(ellipsis)
		}
		if sum+end <= width {
			cut = i + len(string(r))
		}
	}
	return s
}

func (c *canvas) fill(tone color.Color) {
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(tone), image.Point{}, draw.Src)
}

// polygon fills a closed path within a box.
func (c *canvas) polygon(x, y, w, h float64, tone color.Color, points [][2]float64) {
	x0, y0 := int(math.Floor(x*scale))-1, int(math.Floor(y*scale))-1
	box := image.Rect(x0, y0, int(math.Ceil((x+w)*scale))+1, int(math.Ceil((y+h)*scale))+1)
	c.raster.Reset(box.Dx(), box.Dy())
	c.raster.DrawOp = draw.Over
	for i, p := range points {
		if px, py := f32(p[0])-float32(x0), f32(p[1])-float32(y0); i == 0 {
			c.raster.MoveTo(px, py)
		} else {
			c.raster.LineTo(px, py)
		}
	}
	c.raster.ClosePath()
	c.raster.Draw(c.img, box, image.NewUniform(tone), image.Point{})
}

func (c *canvas) rect(x, y, w, h float64, tone color.Color) {
	c.polygon(x, y, w, h, tone, [][2]float64{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}})
}

func f32(points float64) float32 { return float32(points * scale) }

func (c *canvas) roundRect(x, y, w, h, rad float64, tone color.Color) {
	c.polygon(x, y, w, h, tone, roundPath(x, y, w, h, rad))
}

// roundPath is the outline of a rounded rectangle as a fine polygon.
func roundPath(x, y, w, h, rad float64) [][2]float64 {
	var out [][2]float64
	for corner, centre := range [][2]float64{{x + w - rad, y + rad}, {x + w - rad, y + h - rad}, {x + rad, y + h - rad}, {x + rad, y + rad}} {
		for i := 0; i <= 12; i++ {
			a := (float64(corner) - 1 + float64(i)/12) * math.Pi / 2
			out = append(out, [2]float64{centre[0] + rad*math.Cos(a), centre[1] + rad*math.Sin(a)})
		}
	}
	return out
}

func (c *canvas) circle(x, y, rad float64, tone color.Color) {
	c.roundRect(x-rad, y-rad, 2*rad, 2*rad, rad, tone)
}

func (c *canvas) dashedRect(x, y, w, h, rad, thick float64, tone color.Color) {
	c.roundRect(x, y, w, h, rad, white)
	path := roundPath(x, y, w, h, rad)
	path = append(path, path[0])
	const on, off = 7, 5
	walked := 0.0
	for i := 1; i < len(path); i++ {
		walked = c.dashes(path[i-1], path[i], walked, on, off, thick, tone)
	}
}

// dashes draws one straight piece of a dashed path and says how far the pattern is.
func (c *canvas) dashes(a, b [2]float64, walked, on, off, thick float64, tone color.Color) float64 {
	length := math.Hypot(b[0]-a[0], b[1]-a[1])
	at := func(d float64) (float64, float64) {
		return a[0] + (b[0]-a[0])*d/length, a[1] + (b[1]-a[1])*d/length
	}
	for d := 0.0; d < length; {
		phase := math.Mod(walked+d, on+off)
		step := on + off - phase
		if phase < on {
			step = on - phase
			x0, y0 := at(d)
			x1, y1 := at(math.Min(d+step, length))
			c.segment(x0, y0, x1, y1, thick, tone)
		}
		d += math.Max(step, 0.01)
	}
	return walked + length
}

func (c *canvas) line(x0, y0, x1, y1, thick float64, tone color.Color, dashed bool) {
	if dashed {
		c.dashes([2]float64{x0, y0}, [2]float64{x1, y1}, 0, 7, 5, thick, tone)
		return
	}
	c.segment(x0, y0, x1, y1, thick, tone)
}

func (c *canvas) segment(x0, y0, x1, y1, thick float64, tone color.Color) {
	length := math.Hypot(x1-x0, y1-y0)
	if length == 0 {
		return
	}
	nx, ny := -(y1-y0)/length*thick/2, (x1-x0)/length*thick/2
	c.fillPath([][2]float64{{x0 + nx, y0 + ny}, {x1 + nx, y1 + ny}, {x1 - nx, y1 - ny}, {x0 - nx, y0 - ny}}, tone)
}

// fillPath fills a closed path in the box that it takes.
func (c *canvas) fillPath(points [][2]float64, tone color.Color) {
	minX, minY, maxX, maxY := points[0][0], points[0][1], points[0][0], points[0][1]
	for _, p := range points {
		minX, minY, maxX, maxY = math.Min(minX, p[0]), math.Min(minY, p[1]), math.Max(maxX, p[0]), math.Max(maxY, p[1])
	}
	c.polygon(minX, minY, maxX-minX, maxY-minY, tone, points)
}

// arrow is a line with a head at its end.
func (c *canvas) arrow(x0, y0, x1, y1 float64, tone color.Color, dashed bool) {
	length := math.Hypot(x1-x0, y1-y0)
	if length < 12 {
		return
	}
	ux, uy := (x1-x0)/length, (y1-y0)/length
	const head, half = 10, 5.5
	bx, by := x1-ux*head, y1-uy*head
	c.line(x0, y0, bx, by, 2, tone, dashed)
	c.fillPath([][2]float64{{x1, y1}, {bx - uy*half, by + ux*half}, {bx + uy*half, by - ux*half}}, tone)
}

// icon is a disc with a tick, a cross or a question mark: colour is not the only sign.
func (c *canvas) icon(s NodeState, x, y float64, tone color.Color) {
	c.circle(x, y, 11, tone)
	switch s {
	case Trusted, Fine:
		c.segment(x-5, y+0.5, x-1.5, y+4, 2.2, white)
		c.segment(x-2, y+4, x+5, y-3.5, 2.2, white)
	case Unproven:
		c.segment(x-5, y, x+5, y, 2.4, white)
	case Missing:
		c.text("?", int(x)-4, int(y)+6, c.face(bold, 15), white, 20)
	case Outdated, TooEarly:
		c.segment(x, y-6, x, y+0.8, 2.2, white)
		c.segment(x-0.6, y, x+4.5, y+3, 2.2, white)
	default:
		c.segment(x-4, y-4, x+4, y+4, 2.2, white)
		c.segment(x-4, y+4, x+4, y-4, 2.2, white)
	}
}
