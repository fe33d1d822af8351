package check

import (
	"bytes"
	"cmp"
	"errors"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"time"
)

// Labels are the words of the picture, in the language of who sees it. A missing
// one is left out of the picture, except that states fall back to their ids.
type Labels struct {
	Title   string               // above the picture; empty: none
	Roles   map[Role]string      //
	States  map[NodeState]string //
	Edges   map[EdgeState]string //
	Origins map[Origin]string    // where the certificate came from
	Until   string               // stands before the date: "valid until"
	Font    []byte               // OpenType font for characters beyond Latin and Chinese; nil: none
}

// Sizes of the picture in points.
const (
	margin     = 28
	cardWidth  = 430
	cardHeight = 88
	gapX       = 56
	gapY       = 58
	titleSpace = 46
	barWidth   = 6
	radius     = 10
)

// maxDrawn bounds the picture; verification never gives more than about 50 nodes.
const maxDrawn = 64

var errDraw = errors.New("check: nothing to draw")

// DrawChain draws who signed whom as PNG, the root on top: cards for certificates,
// arrows for signatures, dashed where something is missing or does not fit. It fails
// only for an empty or oversized chain.
func DrawChain(c Chain, l Labels) ([]byte, error) {
	if len(c.Nodes) == 0 || len(c.Nodes) > maxDrawn {
		return nil, errDraw
	}
	d := newDrawing(c, l)
	d.canvas.fill(background)
	if l.Title != "" {
		d.canvas.text(l.Title, margin, margin+16, d.canvas.face(bold, 17), ink, d.width-2*margin)
	}
	for _, e := range c.Edges {
		d.edge(e)
	}
	for _, n := range c.Nodes {
		d.card(n)
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, d.canvas.img); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// The palette: quiet cards, strong colour only for what matters.
var (
	background = color.RGBA{0xf5, 0xf6, 0xf8, 0xff}
	border     = color.RGBA{0xd5, 0xda, 0xe1, 0xff}
	ink        = color.RGBA{0x1d, 0x24, 0x2e, 0xff}
	faint      = color.RGBA{0x65, 0x70, 0x7f, 0xff}
	green      = color.RGBA{0x1b, 0x87, 0x4b, 0xff}
	blue       = color.RGBA{0x2f, 0x6f, 0xbd, 0xff}
	red        = color.RGBA{0xc9, 0x2a, 0x2a, 0xff}
	amber      = color.RGBA{0xb8, 0x6a, 0x00, 0xff}
	grey       = color.RGBA{0x8a, 0x93, 0xa0, 0xff}
)

func stateColour(s NodeState) color.RGBA {
	if tone, ok := map[NodeState]color.RGBA{Trusted: green, Fine: blue, Unproven: grey, Shadowed: amber, TooEarly: amber}[s]; ok {
		return tone
	}
	return red
}

// drawing places nodes on a grid: the chain in the first column, look-alikes beside
// the certificate that they are mistaken for.
type drawing struct {
	chain         Chain
	labels        Labels
	canvas        *canvas
	at            map[int]image.Point // top left corner by node id
	width, height int
}

func newDrawing(c Chain, l Labels) *drawing {
	d := &drawing{chain: c, labels: l, at: map[int]image.Point{}}
	rows := map[int]int{}    // node id -> row from the bottom
	columns := map[int]int{} // row -> columns used
	depth, wide := 0, 1
	for _, n := range c.Nodes {
		if n.OnPath {
			rows[n.ID] = depth
			columns[depth] = 1
			depth++
		}
	}
	column := map[int]int{}
	for _, e := range c.Edges {
		if _, placed := rows[e.To]; placed {
			continue
		}
		row := rows[e.From] + 1
		rows[e.To] = row
		if columns[row] == 0 {
			columns[row] = 1 // nothing of the chain itself up there: keep the first column free
		}
		column[e.To] = columns[row]
		columns[row]++
		depth, wide = max(depth, row+1), max(wide, columns[row])
	}
	top := margin
	if l.Title != "" {
		top += titleSpace - 10
	}
	for id, row := range rows {
		d.at[id] = image.Pt(margin+column[id]*(cardWidth+gapX), top+(depth-1-row)*(cardHeight+gapY))
	}
	d.width = 2*margin + wide*cardWidth + (wide-1)*gapX
	d.height = top + depth*cardHeight + (depth-1)*gapY + margin
	d.canvas = newCanvas(d.width, d.height, l.Font)
	return d
}

func (d *drawing) card(n Node) {
	p := d.at[n.ID]
	c, tone := d.canvas, stateColour(n.State)
	x, y := float64(p.X), float64(p.Y)
	if n.State == Missing {
		c.dashedRect(x, y, cardWidth, cardHeight, radius, 2, red)
	} else {
		c.roundRect(x, y+1.5, cardWidth, cardHeight, radius, color.RGBA{0xe4, 0xe7, 0xec, 0xff}) // shadow
		c.roundRect(x, y, cardWidth, cardHeight, radius, border)
		c.roundRect(x+1, y+1, cardWidth-2, cardHeight-2, radius-1, tone)
		c.roundRect(x+1+barWidth, y+1, cardWidth-2-barWidth, cardHeight-2, radius-1, white)
		c.rect(x+1+barWidth, y+1, radius, cardHeight-2, white)
	}
	left := p.X + 24
	c.icon(n.State, x+cardWidth-30, y+26, tone)
	c.text(n.Title, left, p.Y+32, c.face(bold, 15), ink, cardWidth-24-56)
	c.text(d.roleLine(n), left, p.Y+54, c.face(regular, 12.5), faint, cardWidth-24-20)
	c.text(cmp.Or(d.labels.States[n.State], string(n.State)), left, p.Y+74, c.face(bold, 12.5), tone, cardWidth-24-20)
}

func (d *drawing) roleLine(n Node) string {
	line := d.labels.Roles[n.Role]
	if n.State == Missing {
		return line
	}
	parts := []string{line, "", d.labels.Origins[n.Origin]}
	if !n.NotAfter.IsZero() && d.labels.Until != "" {
		parts[1] = d.labels.Until + " " + n.NotAfter.Format(time.DateOnly)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "  ·  ")
}

// edge draws the arrow from issuer to certificate.
func (d *drawing) edge(e Edge) {
	child, ok1 := d.at[e.From]
	issuer, ok2 := d.at[e.To]
	if !ok1 || !ok2 {
		return
	}
	c := d.canvas
	tone, dashed := faint, false
	if e.State != Signed {
		tone, dashed = red, true
	}
	label := d.labels.Edges[e.State]
	if child.X == issuer.X {
		x := float64(child.X) + 60
		c.arrow(x, float64(issuer.Y+cardHeight), x, float64(child.Y), tone, dashed)
		c.text(label, child.X+74, (issuer.Y+cardHeight+child.Y)/2+4, c.face(regular, 12), tone, cardWidth-80)
		return
	}
	// A look-alike: down from its card, across, and into the certificate from the side.
	x := float64(issuer.X) + 60
	y := float64(child.Y) + cardHeight/2
	if child.Y == issuer.Y { // the same row, which only happens in odd loops
		c.arrow(float64(issuer.X), y, float64(child.X+cardWidth), y, tone, dashed)
		return
	}
	c.line(x, float64(issuer.Y+cardHeight), x, y, 2, tone, dashed)
	c.arrow(x, y, float64(child.X+cardWidth)+2, y, tone, dashed)
	c.text(label, issuer.X+74, issuer.Y+cardHeight+22, c.face(regular, 12), tone, cardWidth-80)
}
