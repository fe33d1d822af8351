package triage

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/triage/read"
)

// longestDate is how far behind its label a date is read, in bytes.
const longestDate = 48

// soonExpiring is how long before its end nobody says yet that a certificate expires soon.
const soonExpiring = 180 * 24 * time.Hour

// otherSense leaves out what is stated in sentences that speak of another kind of
// certificate than a machine's (a course's, a bank's, a person's login). Where nothing else
// in the text speaks of one that is a machine's, the sense itself stays as a fact; of things
// that only share a word with the trade (a bundle, a key, a chain), where no certificate is
// spoken of at all.
func otherSense(text string, stated []statement, messages []fired) ([]statement, []fired) {
	spans := map[string][]hit{}
	for _, s := range stated {
		if area(s.kind) == senseArea {
			spans[s.kind] = append(spans[s.kind], s.spans...)
		}
	}
	certificates, technical := spans[certificateSense], spans[technicalSense]
	var sentences []hit
	for _, h := range slices.Concat(spans["sense.document"], spans["sense.login"]) {
		if where := clauseAround(text, h, sentenceStops); !slices.ContainsFunc(technical, where.overlaps) {
			sentences = append(sentences, where)
		}
	}
	outside := func(h hit) bool { return !slices.ContainsFunc(sentences, h.overlaps) }
	other := len(technical) == 0 && (len(certificates) == 0 || len(sentences) > 0 && !slices.ContainsFunc(certificates, outside))
	stated = slices.DeleteFunc(slices.Clone(stated), func(s statement) bool {
		gone := !setting(s.kind) && !symptom(s.kind) && len(s.spans) > 0 && !slices.ContainsFunc(s.spans, outside)
		other = other && (gone || !s.explicit())
		return gone
	})
	messages = slices.DeleteFunc(messages, func(f fired) bool { return len(f.spans) > 0 && !slices.ContainsFunc(f.spans, outside) })
	return slices.DeleteFunc(stated, func(s statement) bool {
		return s.kind == certificateSense || s.kind == technicalSense || area(s.kind) == senseArea && !other
	}), messages
}

var (
	yearOf  = regexp.MustCompile(`\b20\d\d`)
	isoDay  = regexp.MustCompile(`20\d\d\s?[-/.年]\s?(\d{1,2})(?:\D|$)`)
	dotDay  = regexp.MustCompile(`\b\d{1,2}\.\s?(\d{1,2})\.\s?20\d\d`)
	englDay = regexp.MustCompile(`(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`)
)

// monthOf gives the first moment in which a date may lie: of its month, or of its year where
// no more is understood.
func monthOf(s string) (time.Time, bool) {
	y := yearOf.FindString(s)
	if y == "" {
		return time.Time{}, false
	}
	year, _ := strconv.Atoi(y)
	month := 0
	for _, form := range []*regexp.Regexp{isoDay, dotDay} {
		if m := form.FindStringSubmatch(s); m != nil {
			month, _ = strconv.Atoi(m[1])
		}
	}
	if m := englDay.FindString(s); m != "" {
		month = 1 + strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(m))/3
	}
	if month < 1 || month > 12 {
		month = 1
	}
	return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC), true
}

// contradicted adds that the last days of validity which a text names all lie ahead of now.
// What a tool lists of a whole chain is no statement of the one certificate that is spoken of.
func (kb *KB) contradicted(text string, stated []statement, now time.Time) []statement {
	i := slices.IndexFunc(stated, func(s statement) bool { return s.kind == lastDay })
	if i < 0 {
		return stated
	}
	if now.IsZero() {
		for _, c := range kb.causes {
			if month, err := time.Parse("2006-01", c.AsOf); err == nil && month.After(now) {
				now = month
			}
		}
	}
	var ahead []hit
	soon := false
	for _, h := range stated[i].spans {
		date, _, _ := strings.Cut(text[h.to:min(len(text), int(h.to)+longestDate)], "\n")
		from, ok := monthOf(date)
		switch {
		case !ok, strings.HasSuffix(text[:h.from], "GMT; "):
			continue
		case !from.After(now):
			return stated
		}
		ahead, soon = append(ahead, h), soon || from.Before(now.Add(soonExpiring))
	}
	if len(ahead) > 0 && !soon {
		stated = append(stated, statement{kind: lacks + "expiring", spans: ahead, factor: 1})
	}
	if len(ahead) > 0 && !states(stated, lacks+"expired") {
		stated = append(stated, statement{kind: lacks + "expired", spans: ahead, factor: 1})
	}
	return stated
}

// An address that was asked for: in a URL, or where browsers and VPN clients name it; else
// one with a port.
var (
	askedFor  = regexp.MustCompile(`(?i)(?:[a-z][a-z0-9+.-]{1,10}://|prove that it is |VPN server ["'])(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)`)
	addressed = regexp.MustCompile(`(?:^|[\s"'\p{Han}])((?:\d{1,3}\.){3}\d{1,3}):\d{2,5}\b`)
)

// byAddress tells of a name that does not fit that it was none: every host that the text
// says was asked for is an address.
func byAddress(text string, stated []statement) []statement {
	i := slices.IndexFunc(stated, func(s statement) bool { return s.kind == misnamed && !s.denied })
	if i < 0 || states(stated, misnamed+"-ip") {
		return stated
	}
	hosts := askedFor.FindAllStringSubmatch(text, maxHosts)
	if hosts == nil {
		hosts = addressed.FindAllStringSubmatch(text, maxHosts)
	}
	for _, h := range hosts {
		if _, err := netip.ParseAddr(strings.Trim(h[1], "[].")); err != nil {
			return stated
		}
	}
	if len(hosts) > 0 {
		stated = slices.Clone(stated)
		stated[i].kind += "-ip"
	}
	return stated
}

const (
	misnamed = "verify.name" // the verdict that a certificate is not for the name that was asked for
	maxHosts = 50
)

// reads takes in a redacted text: the words of it that are words, what it states in their
// order of weight, and the documented messages in it. products gives the products that
// count as recognised; nil: none.
func (kb *KB) reads(text string, products func(*sighting) map[string]bool) (*sighting, []statement, []fired) {
	words := blank(text, read.Cut(text))
	seen := kb.sight(words, normalise(words))
	var known map[string]bool
	if products != nil {
		known = products(seen)
	}
	var stated, settings []statement
	var messages []fired
	for _, f := range kb.fire(seen, known) {
		if f.signal.kind == "" {
			messages = append(messages, f)
			continue
		}
		s := statement{kind: f.signal.kind, spans: f.spans, factor: f.factor, denied: f.denied}
		if !setting(s.kind) {
			stated = append(stated, s)
			continue
		}
		if name, ok := strings.CutPrefix(s.kind, settingArea+"."); ok && f.denied {
			s.kind, s.denied = lacks+name, false
		}
		settings = append(settings, s)
	}
	stated, messages = otherSense(text, append(statements(text, stated), settings...), messages)
	return seen, stated, messages
}
