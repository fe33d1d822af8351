package certs

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden plans anew")

// today is the date that tests plan for, one on which all sources were read.
var today = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func load(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestGoldenPlans plans the deployments of testdata/plan and compares with what was
// reviewed against the documents. Run with -update after a change, and read the diff.
func TestGoldenPlans(t *testing.T) {
	c := load(t)
	cases, err := filepath.Glob("testdata/plan/*.yaml")
	if err != nil || len(cases) < 8 {
		t.Fatalf("cases: %d, %v", len(cases), err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			d, err := ReadDeployment(f)
			if err != nil {
				t.Fatal(err)
			}
			p := c.Plan(d, today)
			if len(p.Missing) > 0 || len(p.Errors()) > 0 {
				t.Errorf("missing %v, errors %v", p.Missing, p.Errors())
			}
			got := inEnglish(t, p)
			golden := strings.TrimSuffix(path, ".yaml") + ".golden.json"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("plan differs (-golden +got):\n%s", diff)
			}
		})
	}
}

// inEnglish writes a plan as JSON with one language, so that a reviewer reads it.
func inEnglish(t *testing.T, p Plan) []byte {
	t.Helper()
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(onlyEnglish(tree)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func onlyEnglish(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if in, ok := v["in"].(map[string]any); ok {
			return in["en"]
		}
		for k, x := range v {
			v[k] = onlyEnglish(x)
		}
	case []any:
		for i, x := range v {
			v[i] = onlyEnglish(x)
		}
	}
	return v
}
