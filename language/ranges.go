package language

import (
	"fmt"
	"strconv"
	"strings"
)

// maxRange bounds the boxes of one range: more is not a cluster but a slip.
const maxRange = 12

// sequence is a range within one run: expe1~expe3.a.example, expe1..3.a.example,
// expe1-expe3. A hyphen alone (expe1-3) may belong to the name: see expandDashes.
var sequence = lazy(`^([a-z0-9-]*?[a-z-])(\d{1,3})(~|\.\.\.?|-)([a-z0-9-]*?[a-z-])?(\d{1,3})((?:\.[a-z0-9_-]+)*)$`)

// expandSequence is the names of such a run, nil when it is none.
func expandSequence(run string) []string {
	m := sequence.FindStringSubmatch(run)
	if m == nil || m[4] != "" && m[4] != m[1] || m[3] == "-" && m[4] == "" {
		return nil
	}
	return counted(m[1], m[2], m[5], m[6])
}

// counted is stem+from+tail to stem+to+tail, nil when that is no range of boxes.
func counted(stem, from, to, tail string) []string {
	numbers := numberRange(from, to)
	if len(numbers) < 2 || len(numbers) > maxRange {
		return nil
	}
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = stem + n + tail
	}
	return out
}

// boxNumber is a name by its first label's stem and number.
var boxNumber = lazy(`^([a-z0-9-]*?[a-z-])?(\d{1,3})((?:\.[a-z0-9_-]+)*)$`)

// numberRange counts from..to, keeping leading zeros and a shared prefix.
func numberRange(from, to string) []string {
	prefix := strings.TrimRight(from, "0123456789")
	if p := strings.TrimRight(to, "0123456789"); p != "" && p != prefix {
		return nil
	}
	a, err := strconv.Atoi(from[len(prefix):])
	if err != nil {
		return nil
	}
	z, err := strconv.Atoi(strings.TrimPrefix(to, prefix))
	if err != nil || z < a || z-a >= maxExpand {
		return nil
	}
	width := 0
	if strings.HasPrefix(from[len(prefix):], "0") {
		width = len(from) - len(prefix)
	}
	var out []string
	for n := a; n <= z; n++ {
		out = append(out, fmt.Sprintf("%s%0*d", prefix, width, n))
	}
	return out
}
