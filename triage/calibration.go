package triage

import (
	"math"
	"sort"
)

// calibration maps the raw share of the first answer to how often such answers were right
// on texts whose source was not learned from. Made by triage/eval/run -calibrate; between
// the points it is linear, and it rises everywhere.
var calibration = [][2]float64{{0, 0}, {0.264, 0.546}, {0.414, 0.715}, {0.497, 0.817}, {0.564, 0.897}, {0.684, 0.923}, {0.85, 0.927}, {0.975, 0.969}, {0.993, 0.985}, {0.995, 0.992}, {1, 0.994}}

func calibrate(p float64) float64 { return math.Round(between(p, 0, 1)*1000) / 1000 }

// Uncalibrated gives the raw share that calibration made p of.
func Uncalibrated(p float64) float64 { return between(p, 1, 0) }

// between reads the table from one of its columns to the other.
func between(p float64, from, to int) float64 {
	i := sort.Search(len(calibration), func(i int) bool { return calibration[i][from] >= p })
	if i == 0 {
		return calibration[0][to]
	}
	if i == len(calibration) {
		return calibration[i-1][to]
	}
	a, b := calibration[i-1], calibration[i]
	return a[to] + (b[to]-a[to])*(p-a[from])/(b[from]-a[from])
}
