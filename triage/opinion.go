package triage

// Traits gives the traits of text that experience is made of: words less their endings,
// pairs and parts of them, of a text in another language those of its English reading
// too, and what programs state in it.
func (kb *KB) Traits(text string) []string {
	text, readings, facts := kb.read(text)
	found := traits(text, readings, facts)
	out := make([]string, len(found))
	for i, t := range found {
		out[i] = t.name
	}
	return out
}

// Opinions gives how likely experience alone finds each of its classes for a text.
func (kb *KB) Opinions(text string) map[string]float64 {
	e := kb.learned()
	out := map[string]float64{}
	text, readings, facts := kb.read(text)
	for _, o := range e.opinions(text, readings, facts...) {
		out[e.Causes[o.class]] = o.p
	}
	return out
}

// read gives the readings of a text and the facts that are stated in it.
func (kb *KB) read(text string) (redacted string, readings []*view, facts []string) {
	redacted, _ = Redact(text)
	seen, stated, _ := kb.reads(redacted, nil)
	return redacted, seen.readings, kinds(stated)
}
