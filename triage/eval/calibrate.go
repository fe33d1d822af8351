package eval

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"

	"countersign/triage"
)

// leastStep is how many answers a step of the calibration stands for.
const leastStep = 130

// mostSure is what no answer is surer than, however often the like was right: it is shown
// in whole percent, and nothing is certain.
const mostSure = 0.994

// Calibration gives the points of a table from the raw share of the first answer to how
// often it was right: the steps of an isotonic regression, so that what is surer is never
// righter the less.
func (r Report) Calibration() [][2]float64 {
	type step struct{ n, raw, right float64 }
	var steps []step
	var at step
	var answers []Result
	for _, res := range r.Said {
		if len(res.Causes) > 0 && res.Verdict != triage.Unknown {
			answers = append(answers, res)
		}
	}
	slices.SortStableFunc(answers, func(a, b Result) int { return cmp.Compare(a.Confidence, b.Confidence) })
	for i, res := range answers {
		at.n++
		at.raw += triage.Uncalibrated(res.Confidence)
		at.right += float64(one(res.Item.Right(res.Causes[0])))
		same := i+1 < len(answers) && answers[i+1].Confidence == res.Confidence
		if at.n < leastStep && i+1 < len(answers) || same {
			continue
		}
		for len(steps) > 0 && (steps[len(steps)-1].right/steps[len(steps)-1].n >= at.right/at.n || at.n < leastStep) {
			last := steps[len(steps)-1]
			at = step{at.n + last.n, at.raw + last.raw, at.right + last.right}
			steps = steps[:len(steps)-1]
		}
		steps = append(steps, at)
		at = step{}
	}
	out := [][2]float64{{0, 0}}
	for _, s := range steps {
		x, y := round(s.raw/s.n), min(mostSure-0.002, round(s.right/s.n))
		if last := out[len(out)-1]; x >= last[0]+0.001 && y >= last[1]+0.001 && x < 1 {
			out = append(out, [2]float64{x, y})
		}
	}
	return append(out, [2]float64{1, out[len(out)-1][1] + 0.002})
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }

var table = regexp.MustCompile(`(?m)^var calibration = .*$`)

// WriteCalibration puts a table into the Go file that holds it.
func WriteCalibration(name string, points [][2]float64) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("eval: %w", err)
	}
	var list []string
	for _, p := range points {
		list = append(list, fmt.Sprintf("{%g, %g}", p[0], p[1]))
	}
	said := table.ReplaceAllString(string(raw), "var calibration = [][2]float64{"+strings.Join(list, ", ")+"}")
	if err := os.WriteFile(name, []byte(said), 0o600); err != nil {
		return fmt.Errorf("eval: %w", err)
	}
	return nil
}
