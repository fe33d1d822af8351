package form

import (
	"slices"

	"countersign/certs"
)

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
	Step     string                 // page of the wizard
	When     []Is                   // all must hold; none: always
	If       func(Answers) bool     // must hold beside them; nil: always
	Options  []string               // those that are taken; nil: those that Only offers
	Only     func(Answers) []string // those offered under other answers; nil: Options
	Default  string                 // chosen beforehand; "" none
	Presume  func(Answers) string   // the default that other answers make likely; nil: Default
	By       []string               // the fields that If, Only, Presume and One go by
	One      func(Answers) bool     // of Names: under these answers there is one; nil: any number
	Optional bool                   // may stay unanswered
	Ask      bool                   // an optional field that a conversation asks all the same
	Max      int                    // characters; 0 is 3000, Slack's own limit
}

// GoesBy reports whether the field can change with the answer to key.
func (f Field) GoesBy(key string) bool {
	return slices.Contains(f.By, key) || slices.ContainsFunc(f.When, func(is Is) bool { return is.Key == key })
}

// Problem is what is wrong with one answer.
type Problem struct {
	Field  string     `json:"field"`
	Text   certs.Text `json:"text"`
	Offers []string   `json:"offers,omitempty"` // answers that would do instead
}
