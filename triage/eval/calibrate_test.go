package eval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/triage"
)

// TestCalibration: what was said is turned into what was right, rises everywhere, and a
// table that was written is the one that is read.
func TestCalibration(t *testing.T) {
	r := newReport()
	for i := range 1000 {
		right := i%10 < 5 || i >= 500 && i%10 < 9 // half of the unsure ones, nine in ten of the sure ones
		res := Result{Item: Item{CauseID: "expired"}, Causes: []string{"expired"}, Verdict: triage.Ambiguous, Confidence: 0.5}
		if !right {
			res.Causes[0] = "revoked"
		}
		if i >= 500 {
			res.Confidence = 0.8
		}
		r.add(res)
	}
	points := r.Calibration()
	if len(points) != 4 || points[1][1] != 0.5 || points[2][1] != 0.9 {
		t.Fatalf("%v", points)
	}
	if x := triage.Uncalibrated(0.8); points[2][0] < x-0.001 || points[2][0] > x+0.001 {
		t.Errorf("0.8 was %f, not %f", x, points[2][0])
	}
	for i := range points[1:] {
		if points[i+1][0] <= points[i][0] || points[i+1][1] <= points[i][1] {
			t.Errorf("%v does not rise", points)
		}
	}
	name := filepath.Join(t.TempDir(), "calibration.go")
	if err := os.WriteFile(name, []byte("package triage\n\nvar calibration = [][2]float64{{0, 0}, {1, 1}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteCalibration(name, points); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(name); err != nil || !strings.Contains(string(raw), "{{0, 0}, ") || !strings.Contains(string(raw), ", 0.9}, {1, 0.902}}") {
		t.Errorf("%s %v", raw, err)
	}
}
