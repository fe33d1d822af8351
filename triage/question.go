package triage

// Question is the one thing worth asking. Answers to it come back in
// Context.Answers[ID].
type Question struct {
	ID   string `yaml:"id"`
	Text Text   `yaml:"text"`
	// Products limits the question to texts where one of these was recognised; it then
	// goes before general questions.
	Products []string `yaml:"product,omitempty"`
	Options  []Option `yaml:"options"`
}

// Option is one answer to a Question, with what it speaks for and against.
type Option struct {
	ID     string             `yaml:"id"`
	Text   Text               `yaml:"text"`
	Favour map[string]float64 `yaml:"for"`
}
