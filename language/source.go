package language

// source is text with, for each of its bytes, the offset in the input that it came
// from. Passes rewrite it; evidence follows the offsets home.
type source struct {
	b   []byte
	off []int32
}

func (s *source) put(off int32, text string) {
	for i := range len(text) {
		s.b = append(s.b, text[i])
		s.off = append(s.off, off)
	}
}

// copyRange appends in.b[from:to] with its own offsets.
func (s *source) copyRange(in *source, from, to int) {
	s.b = append(s.b, in.b[from:to]...)
	s.off = append(s.off, in.off[from:to]...)
}
