package endurance

import (
	"fmt"
	"os"
	"testing"
)

// binary is the product, built once with the race detector in it.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "countersign-endurance-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }() // the system clears what stays
		binary, err = buildOnce(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}
