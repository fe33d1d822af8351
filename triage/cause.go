package triage

import (
	"slices"
	"strings"
)

// Cause is one known cause, as the knowledge base describes it. A value that came out
// of a KB must not be changed.
type Cause struct {
	// ID is a stable slug. Ids that begin with "not-certificate:" name problems that
	// only look like certificate trouble.
	ID    string `yaml:"id"`
	Title Text   `yaml:"title"`
	// Unsure is the title in other words for an answer that is only likely: of causes
	// whose title denies something.
	Unsure Text `yaml:"unsure,omitempty"`
	// Facts gives a weight to kinds of facts, read out of the text or computed elsewhere:
	// about 3 a hint, 6 strong, 9 decisive; a negative one speaks against the cause.
	Facts map[string]float64 `yaml:"facts,omitempty"`
	// Messages are documented wordings that are no fact of their own.
	Messages []Message `yaml:"messages,omitempty"`
	// LookAlikes are the causes most often confused with this one.
	LookAlikes Lines `yaml:"look-alikes,omitempty"`
	// Question tells this cause from its look-alikes.
	Question *Question `yaml:"question,omitempty"`
	// Fix is what to do in general, FixFor what to do on a product instead.
	Fix    Steps            `yaml:"fix"`
	FixFor map[string]Steps `yaml:"fix-for,omitempty"`
	// Open causes name what is seen but leave the reason open (the peer refused and
	// does not say why): the verdict then stays ambiguous.
	Open bool `yaml:"open,omitempty"`
	// NewCertificate says that the fix needs a certificate to be requested or renewed.
	NewCertificate bool `yaml:"new-certificate"`
	// Owner names whom to hand over to when it is not a certificate problem.
	Owner   string `yaml:"owner,omitempty"`
	Sources Lines  `yaml:"sources"`
	// AsOf is the month the facts were last checked, as 2026-11.
	AsOf string `yaml:"as-of,omitempty"`
	// Examples are texts with this cause, NearMisses texts that resemble it and have
	// another. Examples also teach: see experience.go, taught.go.
	Examples   Lines `yaml:"examples,omitempty"`
	NearMisses Lines `yaml:"near-misses,omitempty"`

	// Family is the file's family, Taught whether it came from a user directory.
	Family string `yaml:"-"`
	Taught bool   `yaml:"-"`

	layers layers
}

// Message is a set of documented wordings that mean a cause, exactly as the product says
// them. What people say in words of their own belongs into Examples.
type Message struct {
	// Weight is on the scale of Cause.Facts; negative is counter-evidence.
	Weight float64 `yaml:"w"`
	// Also gives the same evidence to other causes with their own weights.
	Also map[string]float64 `yaml:"also,omitempty"`
	// Say lists the wordings. A star at either end lifts the demand for a word boundary.
	Say Lines `yaml:"say"`
	// Pattern is an RE2 expression, case-insensitive, that must match the text around
	// the wording (some lines); what it matches becomes the evidence.
	Pattern string `yaml:"re,omitempty"`
	// Products limits the message to texts where one of these was recognised.
	Products []string `yaml:"product,omitempty"`
	// Side says whose verdict the wording shows: us or peer.
	Side string `yaml:"side,omitempty"`
}

// Stated is a verdict that programs state outright, in fixed words or by a code: one kind
// of fact with all the wordings of one source.
type Stated struct {
	Kind    string `yaml:"kind"`
	Sources Lines  `yaml:"source"`
	// Say lists the wordings, as in a Message.
	Say Lines `yaml:"say,omitempty"`
	// Codes are RE2 expressions for codes that mean something beside their label only;
	// each needs a word of four letters or digits that stands in every match.
	Codes Lines `yaml:"codes,omitempty"`
	// With lists words of which one must stand in the same clause.
	With Lines `yaml:"with,omitempty"`
}

// Certificate reports whether the cause is a certificate or TLS problem.
func (c *Cause) Certificate() bool { return !strings.HasPrefix(c.ID, elsewhere) }

const elsewhere = "not-certificate:"

// layers tells what a product is from what products are written in.
type layers struct{ appliances, libraries []string }

// Steps gives the fix for the first of products that has its own, else the general
// one. The messages of a library stand in the logs of appliances too; its steps are not
// for those, whose inside is the vendor's.
func (c *Cause) Steps(products []string) []Text {
	appliance := slices.ContainsFunc(products, func(p string) bool { return slices.Contains(c.layers.appliances, p) })
	for _, p := range products {
		if appliance && slices.Contains(c.layers.libraries, p) {
			continue
		}
		if steps := c.FixFor[p]; len(steps) > 0 {
			return steps
		}
	}
	return c.Fix
}

// Product is something whose messages can be told by their form: a family of the
// catalogue of products, or a program.
type Product struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	Say  Lines  `yaml:"say,omitempty"`
	// Library says that other products are written in it, or with it.
	Library bool `yaml:"library,omitempty"`
}

type weight struct {
	cause int32
	w     float64
}
