// Package product runs the real countersign binary as its own process against a
// simulated workspace, so that tests can kill it, starve it and start it again over
// the same database. What it reads of the product's state it reads from the outside:
// files, the database, what passed through the workspace.
//
// Assertions live in the tests that use it.
package product

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build builds the product into dir and gives the path of the binary. With race it
// has the race detector in it. COUNTERSIGN_BINARY names a binary to take instead, such
// as that of a release.
func Build(dir string, race bool) (string, error) {
	if given := os.Getenv("COUNTERSIGN_BINARY"); given != "" {
		return given, nil
	}
	path := filepath.Join(dir, "countersign")
	args := []string{"build", "-o", path}
	if race {
		args = append(args, "-race")
	} else {
		args = append(args, "-trimpath", "-ldflags", "-s -w") // as make build does
	}
	out, err := exec.Command("go", append(args, "countersign/cmd/countersign")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}
