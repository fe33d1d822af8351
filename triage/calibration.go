package triage

import (
	"math"
	"sort"
)

// calibration maps the raw share of the first answer to how often such answers were right
// on texts whose source was not learned from. Made by triage/eval/run -calibrate; between
// the points it is linear, and it rises everywhere.
var calibration = [][2]float64{{0, 0}, {0.243, 0.492}, {0.379, 0.672}, {0.475, 0.786}, {0.552, 0.902}, {0.737, 0.924}, {0.952, 0.953}, {0.989, 0.98}, {0.993, 0.983}, {0.995, 0.995}, {1, 0.997}}

// mostSure is what no answer is surer than: it is shown in whole percent, and nothing is certain.
const mostSure = 0.994

func calibrate(p float64) float64 { return min(mostSure, math.Round(between(p, 0, 1)*1000)/1000) }

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
