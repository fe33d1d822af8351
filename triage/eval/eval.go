// Package eval measures the diagnosis on labelled examples that it was not learned
// from: how often the first answer is right, whether the true cause is among the first
// three, how often what is said for certain is wrong, whether what is no certificate
// problem is never called one, and whether confidence means what it says. It also
// makes the experience of package triage. It holds no examples.
package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"countersign/triage"
)

// Score is the result over some items. Where the text tells of no failure, to name
// none, or nothing of certificates, is right.
type Score struct {
	Items, First, Top3                     int // of all items
	Positives, PositiveFirst, PositiveTop3 int
	Known, KnownWrong                      int // what was said for certain
	Negatives, RightKind                   int
	CertFirst, FalseCert                   int // negatives with a certificate cause first; for certain
	Unknown                                int
	NoEvidence                             int // claims whose evidence is not a span of the text
}

// Result is one item with what was answered.
type Result struct {
	Item       Item
	Verdict    triage.Verdict
	Causes     []string
	Confidence float64
	OK         bool

	Certificate bool // the first cause is a certificate problem
	NoEvidence  int
}

// Report is the whole measurement.
type Report struct {
	All    Score
	ByLang map[string]*Score
	ByKind map[string]*Score
	Bins   [10]Bin
	Wrong  []Result
	Said   []Result // all, in the order of the items
}

// Bin counts answers whose confidence lies in one tenth.
type Bin struct {
	N, Right int
	Sum      float64
}

// Run diagnoses all items.
func Run(ctx context.Context, kb *triage.KB, items []Item) (Report, error) {
	return run(ctx, items, func(Item) *triage.KB { return kb })
}

// run diagnoses each item by the base that may.
func run(ctx context.Context, items []Item, base func(Item) *triage.KB) (Report, error) {
	r := newReport()
	for _, it := range items {
		a, err := base(it).Diagnose(ctx, triage.Input{Text: it.Text})
		if err != nil {
			return r, fmt.Errorf("eval: %s: %w", it.ID, err)
		}
		r.add(judge(it, a))
	}
	return r, nil
}

func newReport() Report { return Report{ByLang: map[string]*Score{}, ByKind: map[string]*Score{}} }

func (r *Report) add(res Result) {
	it := res.Item
	for _, s := range []*Score{&r.All, of(r.ByLang, it.Lang), of(r.ByKind, it.Kind())} {
		s.add(res)
	}
	if len(res.Causes) > 0 && res.Verdict != triage.Unknown {
		b := &r.Bins[min(9, int(res.Confidence*10))]
		b.N++
		b.Sum += res.Confidence
		b.Right += one(it.Right(res.Causes[0]))
	}
	r.Said = append(r.Said, res)
	if !res.OK {
		r.Wrong = append(r.Wrong, res)
	}
}

func judge(it Item, a triage.Answer) Result {
	res := Result{Item: it, Verdict: a.Verdict}
	for _, f := range a.Findings {
		res.Causes = append(res.Causes, f.Cause.ID)
		res.NoEvidence += one(len(f.Evidence) == 0)
		for _, e := range f.Evidence {
			res.NoEvidence += one(!strings.Contains(it.Text, e.Text))
		}
	}
	if len(a.Findings) > 0 {
		res.Confidence = a.Findings[0].Confidence
		res.OK = it.Right(res.Causes[0])
		res.Certificate = a.Findings[0].Cause.Certificate()
	}
	if it.Faultless() && a.Verdict == triage.NotCertificate || it.Negative() && a.Verdict == triage.Unknown {
		res.OK = true
	}
	return res
}

func of(m map[string]*Score, key string) *Score {
	if m[key] == nil {
		m[key] = &Score{}
	}
	return m[key]
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (s *Score) add(res Result) {
	first := len(res.Causes) > 0 && res.Item.Right(res.Causes[0])
	top3 := slices.ContainsFunc(res.Causes[:min(3, len(res.Causes))], res.Item.Right)
	s.Items++
	s.First += one(res.OK)
	s.Top3 += one(top3 || res.OK)
	s.Unknown += one(res.Verdict == triage.Unknown)
	if res.Verdict == triage.KnownCause {
		s.Known++
		s.KnownWrong += one(!first)
	}
	if res.Item.Negative() {
		s.Negatives++
		s.RightKind += one(res.OK)
		cert := len(res.Causes) > 0 && res.Certificate && !first && res.Verdict != triage.Unknown
		s.CertFirst += one(cert)
		s.FalseCert += one(cert && res.Verdict == triage.KnownCause)
	} else {
		s.Positives++
		s.PositiveFirst += one(first)
		s.PositiveTop3 += one(top3)
	}
	s.NoEvidence += res.NoEvidence
}
