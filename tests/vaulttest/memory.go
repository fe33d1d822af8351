package vaulttest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Memory gives all the readable, writable memory of a process, as far as it can be read.
func Memory(t *testing.T, pid int) []byte {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close() //nolint:errcheck // read only
	var all []byte
	for line := range strings.SplitSeq(string(maps), "\n") {
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &mode); err != nil || !strings.HasPrefix(mode, "rw") || to-from > 1<<30 {
			continue
		}
		part := make([]byte, to-from)
		n, _ := mem.ReadAt(part, from) // a part that went away meanwhile is read up to there
		all = append(all, part[:n]...)
	}
	return all
}
