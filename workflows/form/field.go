package form

import "countersign/certs"

// Type is the kind of input a field takes.
type Type string

// The field types.
const (
	Text    Type = "text"    // one line
	Area    Type = "area"    // many lines, one value
	Names   Type = "names"   // a list, one a line or separated by commas
	Choice  Type = "choice"  // one of the options
	Choices Type = "choices" // any of the options
)

// Is is one condition: the field Key has one of the values In.
type Is struct {
	Key string
	In  []string
}

// Field is one question. Its texts stand in the catalogue under form.<Key>.label,
// .ask and .help; those of its options under form.<Key>.option.<value>.
type Field struct {
	Key      string
	Type     Type
	Step     string // page of the wizard
	When     []Is   // all must hold; none: always
	Options  []string
	Only     func(Answers) []string // narrows Options by other answers; nil: all
	Default  string                 // chosen beforehand; "" none
	Optional bool                   // may stay unanswered
	Ask      bool                   // an optional field that a conversation asks all the same
	Max      int                    // characters; 0 is 3000, Slack's own limit
}

// Problem is what is wrong with one answer.
type Problem struct {
	Field string     `json:"field"`
	Text  certs.Text `json:"text"`
}
