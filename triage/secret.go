package triage

// secret is a span of a text that must not go further.
type secret struct {
	from, to int
	kind     string
	spread   bool // the same characters elsewhere are the same secret
}

// privateKey is the kind of private keys, whatever they are written in.
const privateKey = "private-key"

// What stands in a text where a secret stood: redactedOpen, the kind, redactedClose.
const (
	redactedOpen  = "‹redacted:"
	redactedClose = "›"
)
