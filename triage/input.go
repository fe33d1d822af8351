package triage

import "time"

// Input is one thing to be diagnosed. Text may hold secrets: Diagnose redacts it
// before anything else looks at it.
type Input struct {
	// Text is what the person wrote or pasted, as it came (Slack escapes included).
	Text string
	// Name says where Text came from (a file name, "message"); it becomes the
	// Source of the evidence found in it. Empty means "input".
	Name string
	// Facts are results of checks made elsewhere: artefacts, probes, chain checks.
	Facts []Fact
	// Context is what is known besides the text.
	Context Context
}

// Fact is one computed result about an artefact. It must hold no secret.
type Fact struct {
	// Kind is a stable name that causes may list under facts, such as
	// "chain.issuer-missing", "key.mismatch", "tls.alert-received".
	Kind string
	// Source and Line say where it was found: a file name, a packet, line 0 when
	// lines mean nothing there.
	Source string
	Line   int
	// Text is the fact in words a person can check, shown as evidence.
	Text string
	// Supports gives weights directly to causes by id, on the scale of the
	// knowledge base (about 3 a hint, 6 strong, 9 decisive; negative speaks against).
	Supports map[string]float64
}

// Context is what the conversation already knows. The zero value knows nothing.
type Context struct {
	// Product is an id of Products, "" when unknown.
	Product string
	// Side says whose log or message the text is: "client", "server", or "".
	Side string
	// Answers holds the option chosen for each question asked before, by question id.
	Answers map[string]string
	// Now is the time to which dates in the text are compared. Zero is the month in which
	// the newest of the causes was checked: no text that is asked about is older.
	Now time.Time
}
