package check

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	betterTLSModule  = "github.com/Netflix/bettertls"
	betterTLSVersion = "v0.0.0-20250909192348-e1e99e353074"
)

type betterTLSSuites struct {
	Root   string `json:"trustRoot"`
	Suites map[string]struct {
		TestCases []struct {
			ID           uint32   `json:"id"`
			Certificates []string `json:"certificates"`
			Hostname     string   `json:"hostname"`
			Expected     string   `json:"expected"`
		} `json:"testCases"`
	} `json:"suites"`
}

// Netflix's path building and name constraint suites. The 31 MB of cases are made by
// the suite's own command, as Go's crypto/x509 tests do; with -short the test is skipped.
func TestBetterTLS(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 31 MB of test cases")
	}
	suites := betterTLS(t)
	root := decoded(t, suites.Root)
	trust, _ := Read("root", root, ReadOptions{})
	for name, suite := range suites.Suites {
		if name != "pathbuilding" && name != "nameconstraints" {
			continue
		}
		agreed, differ := 0, 0
		for _, tc := range suite.TestCases {
			var list []*Item
			for _, c := range tc.Certificates {
				m, _ := Read("case", decoded(t, c), ReadOptions{})
				list = append(list, m.Items...)
			}
			if len(list) != len(tc.Certificates) {
				t.Fatalf("%s %d: %d of %d certificates read", name, tc.ID, len(list), len(tc.Certificates))
			}
			v := Verify(list[0], VerifyOptions{Now: time.Now(), Trust: trust.Items, Untrusted: list[1:], Host: tc.Hostname, Purpose: Server})
			if v.OK == (tc.Expected == "ACCEPT") {
				agreed++
				continue
			}
			differ++
			if differ <= 5 {
				t.Errorf("%s %d (%s): expected %s, got %v; %s", name, tc.ID, tc.Hostname, tc.Expected, v.OK, strings.Join(rulesOf(v.Findings), ", "))
			}
		}
		t.Logf("%s: %d cases agree, %d differ", name, agreed, differ)
	}
}

func betterTLS(t *testing.T) betterTLSSuites {
	t.Helper()
	goCommand := filepath.Join(goroot(), "bin/go")
	if _, err := os.Stat(goCommand); err != nil {
		goCommand = "go"
	}
	var module struct{ Dir string }
	out, err := exec.Command(goCommand, "mod", "download", "-json", betterTLSModule+"@"+betterTLSVersion).Output()
	if err != nil || json.Unmarshal(out, &module) != nil || module.Dir == "" {
		t.Fatalf("the BetterTLS module does not come: %v; is the module proxy reachable?", err)
	}
	file := filepath.Join(t.TempDir(), "tests.json")
	cmd := exec.Command(goCommand, "run", "./test-suites/cmd/bettertls", "export-tests", "--out", file)
	cmd.Dir = module.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the BetterTLS suite does not run: %s", out)
	}
	var suites betterTLSSuites
	if err := json.Unmarshal(readFile(t, file), &suites); err != nil {
		t.Fatal(err)
	}
	return suites
}

func decoded(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
