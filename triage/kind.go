package triage

import "strings"

// area is the first word of a kind: verify, alert, reach.
func area(kind string) string {
	a, _, _ := strings.Cut(kind, ".")
	return a
}

// A setting is what a text says of its circumstances rather than of what failed: that
// something is not in use, that it works from elsewhere, that the certificate it speaks of
// is none of a machine. Settings are data (verdicts/setting.yaml); causes weigh them, most
// against themselves. They are no verdicts, and experience does not learn from them.
const (
	settingArea = "context"
	senseArea   = "sense"
	// lacks stands before what the text says not to be there: context.no-mra.
	lacks = settingArea + ".no-"
	// certificateSense are the words of the trade themselves, technicalSense what only is
	// said of a machine's certificates.
	certificateSense = "sense.certificate"
	technicalSense   = "sense.technical"
	// lastDay is the label of a last day of validity.
	lastDay = settingArea + ".last-day"
)

func setting(kind string) bool { a := area(kind); return a == settingArea || a == senseArea }
