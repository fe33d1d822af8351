package triage

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

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

// How far a clause, and a date behind its label, are looked for, in bytes.
const (
	longestClause = 400
	longestDate   = 48
)

// soonExpiring is how long before its end nobody says yet that a certificate expires soon.
const soonExpiring = 180 * 24 * time.Hour

func setting(kind string) bool { a := area(kind); return a == settingArea || a == senseArea }

// stops of a clause for what is said of two things at once.
var clauseStops = append([]string{"\n", ". ", ", ", "; ", "! ", "? ", " but ", " and ", " while ", " aber ", " und ", " mais ", " et ", " pero ", " y ", "但", "而"}, clauseEnds...)

// sentenceStops end a sentence. A colon does not: what stands before it names what follows.
var sentenceStops = []string{"\n", ". ", "! ", "? ", "; ", "。", "！", "？", "；"}

// clauseAround gives the part of text around at that no stop divides.
func clauseAround(text string, at hit, stops []string) hit {
	from, to := max(0, int(at.from)-longestClause), min(len(text), int(at.to)+longestClause)
	for _, stop := range stops {
		if i := strings.LastIndex(text[from:at.from], stop); i >= 0 {
			from += i + len(stop)
		}
		if i := strings.Index(text[at.to:to], stop); i >= 0 {
			to = int(at.to) + i
		}
	}
	return hit{int32(from), int32(to)}
}

// settles says whether the text has at h what sig is about, and whether it says that there
// is no such thing.
func (s *sighting) settles(sig *signal, h hit) (here, not bool) {
	if strings.ContainsAny(s.source[h.from:h.to], "，。；：！？、\n") {
		return false, false // two clauses that only stand side by side
	}
	if sig.with == 0 {
		return true, absent(s.source, int(h.from), int(h.to))
	}
	where := clauseAround(s.source, h, clauseStops)
	for _, k := range s.hits[sig.with] {
		if where.from <= k.from && k.to <= where.to && !k.overlaps(h) {
			return true, denied(s.source, int(h.from), int(h.to)) || denied(s.source, int(k.from), int(k.to))
		}
	}
	return false, false
}

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
