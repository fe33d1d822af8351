// Package eval measures the diagnosis on labelled examples: how often the first
// answer is right, whether the true cause is among the first three, whether what is
// no certificate problem is never called one, and whether confidence means what it
// says. It holds no examples and changes nothing.
package eval

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"countersign/triage"
)

// Item is one labelled example.
type Item struct {
	ID           string   `json:"id"`
	Text         string   `json:"text"`
	Lang         string   `json:"lang"`
	Product      string   `json:"product"`
	CauseID      string   `json:"cause_id"`
	AlsoPossible []string `json:"also_possible"`
	Tags         []string `json:"tags"`
}

// Right reports whether id is a right answer.
func (it Item) Right(id string) bool { return id == it.CauseID || slices.Contains(it.AlsoPossible, id) }

// Negative reports whether the item is no certificate problem.
func (it Item) Negative() bool {
	return slices.Contains(it.Tags, "negative") || strings.HasPrefix(it.CauseID, "not-certificate:")
}

// Read reads JSON lines. Lines that are empty are passed over.
func Read(r io.Reader) ([]Item, error) {
	var items []Item
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 1<<20), 16<<20)
	for n := 1; sc.Scan(); n++ {
		if strings.TrimSpace(sc.Text()) == "" {
			continue
		}
		var it Item
		if err := json.Unmarshal(sc.Bytes(), &it); err != nil {
			return nil, fmt.Errorf("eval: line %d: %w", n, err)
		}
		if it.CauseID == "" {
			return nil, fmt.Errorf("eval: line %d: cause_id is missing", n)
		}
		items = append(items, it)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("eval: read: %w", err)
	}
	return items, nil
}

// ReadFiles reads the items of several files, in their order.
func ReadFiles(names ...string) ([]Item, error) {
	var items []Item
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		more, err := Read(f)
		_ = f.Close() // only read
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		items = append(items, more...)
	}
	return items, nil
}

// Score is the result over some items.
type Score struct {
	Items, First, Top3   int
	Negatives, FalseCert int // negatives; those called a certificate cause for certain
	NoEvidence           int // claims whose evidence is not a span of the text
}

// Result is one item with what was answered.
type Result struct {
	Item       Item
	Verdict    triage.Verdict
	Causes     []string
	Confidence float64
	OK         bool
}

// Report is the whole measurement.
type Report struct {
	All       Score
	ByLang    map[string]*Score
	ByProduct map[string]*Score
	Bins      [10]Bin
	Wrong     []Result
}

// Bin counts answers whose confidence lies in one tenth.
type Bin struct {
	N, Right int
	Sum      float64
}

// Run diagnoses all items.
func Run(ctx context.Context, kb *triage.KB, items []Item) (Report, error) {
	r := Report{ByLang: map[string]*Score{}, ByProduct: map[string]*Score{}}
	for _, it := range items {
		a, err := kb.Diagnose(ctx, triage.Input{Text: it.Text})
		if err != nil {
			return r, err
		}
		res := judge(it, a)
		for _, s := range []*Score{&r.All, of(r.ByLang, it.Lang), of(r.ByProduct, it.Product)} {
			s.add(it, res, a)
		}
		if len(res.Causes) > 0 {
			b := &r.Bins[min(9, int(res.Confidence*10))]
			b.N++
			b.Sum += res.Confidence
			if res.OK {
				b.Right++
			}
		}
		if !res.OK {
			r.Wrong = append(r.Wrong, res)
		}
	}
	return r, nil
}

func judge(it Item, a triage.Answer) Result {
	res := Result{Item: it, Verdict: a.Verdict}
	for _, f := range a.Findings {
		res.Causes = append(res.Causes, f.Cause.ID)
	}
	if len(a.Findings) > 0 {
		res.Confidence = a.Findings[0].Confidence
		res.OK = it.Right(res.Causes[0])
	}
	return res
}

func of(m map[string]*Score, key string) *Score {
	if m[key] == nil {
		m[key] = &Score{}
	}
	return m[key]
}

func (s *Score) add(it Item, res Result, a triage.Answer) {
	s.Items++
	if res.OK {
		s.First++
	}
	if slices.Contains(res.Causes[:min(3, len(res.Causes))], it.CauseID) {
		s.Top3++
	}
	if it.Negative() {
		s.Negatives++
		if a.Verdict == triage.KnownCause && a.Findings[0].Cause.Certificate() {
			s.FalseCert++
		}
	}
	for _, f := range a.Findings {
		if len(f.Evidence) == 0 {
			s.NoEvidence++
		}
		for _, e := range f.Evidence {
			if !strings.Contains(it.Text, e.Text) {
				s.NoEvidence++
			}
		}
	}
}

// Print writes the report for people; wrong answers too when verbose.
func (r Report) Print(w io.Writer, verbose bool) {
	line := func(name string, s *Score) {
		fmt.Fprintf(w, "%-34s %4d items  first %5.1f %%  top3 %5.1f %%", name, s.Items, share(s.First, s.Items), share(s.Top3, s.Items))
		if s.Negatives > 0 {
			fmt.Fprintf(w, "  negatives %d, called a certificate cause %d", s.Negatives, s.FalseCert)
		}
		fmt.Fprintln(w)
	}
	line("all", &r.All)
	for _, k := range slices.Sorted(maps.Keys(r.ByLang)) {
		line("language "+k, r.ByLang[k])
	}
	for _, k := range slices.Sorted(maps.Keys(r.ByProduct)) {
		line("product "+k, r.ByProduct[k])
	}
	fmt.Fprintf(w, "claims without a span of the text: %d\n", r.All.NoEvidence)
	for i, b := range r.Bins {
		if b.N > 0 {
			fmt.Fprintf(w, "confidence %.1f-%.1f: %4d answers, said %.2f, right %.2f\n", float64(i)/10, float64(i+1)/10, b.N, b.Sum/float64(b.N), float64(b.Right)/float64(b.N))
		}
	}
	if !verbose {
		return
	}
	for _, x := range r.Wrong {
		fmt.Fprintf(w, "\n%s want %s %v\n  got %s %v (%.2f)\n  %.300q\n", x.Item.ID, x.Item.CauseID, x.Item.AlsoPossible, x.Verdict, x.Causes, x.Confidence, x.Item.Text)
	}
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}
