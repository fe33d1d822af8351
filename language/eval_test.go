package language_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"countersign/language"
)

type example struct {
	ID     string                 `json:"id"`
	Lang   string                 `json:"lang"`
	Text   string                 `json:"text"`
	Expect language.Understanding `json:"expect"`
}

func readExamples(t testing.TB, path string) []example {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []example
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		if strings.TrimSpace(sc.Text()) == "" {
			continue
		}
		var e example
		if err := json.Unmarshal(sc.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, e)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// facts flattens an answer to the set of (field, value) pairs that it states. The
// intent is scored apart; what is empty or null states nothing.
func facts(u language.Understanding) map[string]bool {
	m := map[string]bool{}
	add := func(field, value string) {
		if value != "" {
			m[field+"="+value] = true
		}
	}
	str := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	add("product", str(u.Product))
	add("service", str(u.Service))
	if u.Topology != nil {
		add("topology", string(*u.Topology))
	}
	for _, v := range u.FQDNs {
		add("fqdns", v)
	}
	add("cluster_fqdn", str(u.ClusterFQDN))
	for _, v := range u.Domains {
		add("domains", v)
	}
	for _, v := range u.SANs {
		add("sans", v)
	}
	if u.Key != nil {
		add("key", fmt.Sprint(u.Key.Type, " ", u.Key.Size))
	}
	if u.CA != nil {
		add("ca", string(*u.CA))
	}
	add("subject", prefixed("O ", u.Subject.O))
	add("subject", prefixed("OU ", u.Subject.OU))
	add("subject", prefixed("L ", u.Subject.L))
	add("subject", prefixed("ST ", u.Subject.ST))
	add("subject", prefixed("C ", u.Subject.C))
	add("environment", str(u.Environment))
	for _, f := range u.Features {
		add("features", string(f))
	}
	if u.ByoCSR {
		add("byo_csr", "true")
	}
	return m
}

func prefixed(p, v string) string {
	if v == "" {
		return ""
	}
	return p + v
}

type tally struct{ tp, fp, fn int }

func (t tally) f1() float64 {
	if t.tp == 0 && t.fp == 0 && t.fn == 0 {
		return 1
	}
	return 2 * float64(t.tp) / float64(2*t.tp+t.fp+t.fn)
}

// evaluate returns micro F1 over all (field, value) pairs and intent accuracy.
func evaluate(t *testing.T, set []example) (f1, intents, exact float64) {
	fields := map[string]*tally{}
	var all tally
	right, perfect := 0, 0
	for _, e := range set {
		got := language.Parse(e.Text)
		want, have := facts(e.Expect), facts(got)
		var wrong []string
		if got.Intent == e.Expect.Intent {
			right++
		} else {
			wrong = append(wrong, fmt.Sprintf("intent %s, want %s", got.Intent, e.Expect.Intent))
		}
		for _, p := range union(want, have) {
			field, _, _ := strings.Cut(p, "=")
			if fields[field] == nil {
				fields[field] = &tally{}
			}
			switch f := fields[field]; {
			case want[p] && have[p]:
				f.tp++
				all.tp++
			case want[p]:
				f.fn++
				all.fn++
				wrong = append(wrong, "missing "+p)
			default:
				f.fp++
				all.fp++
				wrong = append(wrong, "extra "+p)
			}
		}
		if len(wrong) == 0 {
			perfect++
			continue
		}
		t.Logf("%s %q\n\t%s", e.ID, e.Text, strings.Join(wrong, "\n\t"))
	}
	names := make([]string, 0, len(fields))
	for n := range fields {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, n := range names {
		f := fields[n]
		fmt.Fprintf(&b, "%s %.3f (%d/%d/%d)  ", n, f.f1(), f.tp, f.fp, f.fn)
	}
	n := float64(len(set))
	t.Logf("%d texts: intent %.3f, fields F1 %.4f, all right %.3f\n%s", len(set), float64(right)/n, all.f1(), float64(perfect)/n, b.String())
	return all.f1(), float64(right) / n, float64(perfect) / n
}

func union(a, b map[string]bool) []string {
	var out []string
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if !a[k] {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// TestExamples scores the labelled sets: dev.jsonl is the set that the format was
// agreed on; held*.jsonl were each labelled before the rules had seen them, and then
// used to find general faults. What each scored on its first run, which is what to
// expect of new texts (sets 3 and 9 hold hardly any requests, only the harder intents):
//
//	            texts  intent  fields F1
//	held.jsonl    160   0.950      0.960
//	held2         103   0.903      0.948
//	held3          97   0.670      0.949
//	held4          60   0.867      0.964
//	held5          71   0.873      0.955
//	held6          60   0.917      0.958
//	held7          65   0.954      0.948
//	held8          60   0.883      0.994
//	held9          61   0.885      0.866
//	held10         60   0.867      0.940
//	held11         59   0.949      0.949
//	held13         46   0.891      0.924
//	held12         26   0.846      0.877 (traps only)
//	held14         92   0.978      0.964
//	held15         86   0.895      0.941
//	held16         84   0.952      0.964
//	held17         84   0.929      0.977
//	held18         83   0.867      0.945 (54 of them no requests)
//	held19         89   0.888      0.968 (half of them no requests)
//	held20         80   0.863      0.946
//	held21         63   0.921      0.983
//	held22         60   0.867      0.969 (two thirds of them no requests)
//	held23         37   1.000      0.993 (everyday ones)
//	held24         50   0.900      0.946
//	held25         50   0.880      0.963
//	held26        109   0.835          - (no requests, most without any detail)
//	held27         40   0.975      0.969 (nothing but requests)
//	held28        100   0.860      0.978 (half of them no requests)
//	held29         60   0.900      0.908
//	held30         40   0.950      0.977
//	held31         40   0.900      0.922
func TestExamples(t *testing.T) {
	t.Parallel() // with TestHostileTime: the two take nearly all of the package's time
	paths, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f1, intents, _ := evaluate(t, readExamples(t, path))
			least := 0.92
			if strings.HasPrefix(filepath.Base(path), "dev") {
				least = 0.95
			}
			if f1 < least || intents < 0.95 {
				t.Errorf("F1 %.3f, want %.2f; intent %.3f, want 0.95", f1, least, intents)
			}
		})
	}
}
