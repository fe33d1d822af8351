package support

import (
	"context"

	"countersign/triage"
)

// Model is the optional assistant. What it is given is redacted here and masked by it;
// what it gives was checked by it against that: it adds words, never a cause. An error
// means that it has nothing good to say, and nothing depends on it. It is bounded in
// time and money, and safe for concurrent use.
type Model interface {
	// Explain words an answer with findings in lang.
	Explain(ctx context.Context, id string, a triage.Answer, lang string) (string, error)
	// Likeliest gives the cause among the findings of a that it finds the likeliest.
	Likeliest(ctx context.Context, id string, a triage.Answer) (string, error)
	// Suggest gives a known cause for a text in which kb found none, with the span of the
	// text that shows it; "" when there is none.
	Suggest(ctx context.Context, id string, kb *triage.KB, text string) (cause string, e triage.Evidence, err error)
	// Ask gives a question about a case without findings, in lang.
	Ask(ctx context.Context, id string, a triage.Answer, lang string) (string, error)
	// Spent is what was spent so far, to be given back after a restart.
	Spent() string
}
