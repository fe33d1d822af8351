package eval

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// leastBin is how many answers a bin of confidence needs to be judged.
const leastBin = 30

// Gap is the largest difference between what was said and what was right, in bins with
// leastBin answers or more.
func (r Report) Gap() float64 {
	gap := 0.0
	for _, b := range r.Bins {
		if b.N >= leastBin {
			gap = max(gap, math.Abs(b.Sum-float64(b.Right))/float64(b.N))
		}
	}
	return gap
}

// Print writes the report for people; wrong answers too when verbose.
func (r Report) Print(w io.Writer, name string, verbose bool) {
	fmt.Fprintf(w, "%-28s positives first three | known wrong | negatives kind cert-first | unknown\n", name)
	line := func(name string, s *Score) {
		fmt.Fprintf(w, "%-28s %9d %.3f %.3f | %5d %.3f | %9d %.3f %.3f | %d\n", name, s.Positives, share(s.PositiveFirst, s.Positives), share(s.PositiveTop3, s.Positives),
			s.Known, share(s.KnownWrong, s.Known), s.Negatives, share(s.RightKind, s.Negatives), share(s.CertFirst, s.Negatives), s.Unknown)
	}
	line("all", &r.All)
	for _, k := range slices.Sorted(maps.Keys(r.ByKind)) {
		line("source "+k, r.ByKind[k])
	}
	for _, k := range slices.Sorted(maps.Keys(r.ByLang)) {
		line("language "+k, r.ByLang[k])
	}
	fmt.Fprintf(w, "claims without a span of the text: %d\n", r.All.NoEvidence)
	for i, b := range r.Bins {
		if b.N > 0 {
			fmt.Fprintf(w, "confidence %.1f-%.1f: %4d answers, said %.2f, right %.2f\n", float64(i)/10, float64(i+1)/10, b.N, b.Sum/float64(b.N), share(b.Right, b.N))
		}
	}
	fmt.Fprintf(w, "largest gap of a bin with %d or more: %.3f\n\n", leastBin, r.Gap())
	if !verbose {
		return
	}
	for _, x := range r.Wrong {
		fmt.Fprintf(w, "%s %s want %s %v\n  got %s %v (%.2f)\n  %.300q\n\n", x.Item.File, x.Item.ID, x.Item.CauseID, x.Item.AlsoPossible, x.Verdict, x.Causes, x.Confidence, x.Item.Text)
	}
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
