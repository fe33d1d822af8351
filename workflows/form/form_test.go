package form_test

import (
	"reflect"
	"strings"
	"testing"

	"countersign/workflows/form"
)

// order is a form with what forms have: conditions, defaults, optional fields worth
// asking, narrowed choices.
var order = form.Form{Fields: []form.Field{
	{Key: "product", Type: form.Choice, Step: "what", Options: []string{"box", "server"}},
	{Key: "service", Type: form.Choice, Step: "what", Only: func(a form.Answers) []string {
		if a.First("product") == "box" {
			return []string{"a", "b"}
		}
		return []string{"c"}
	}},
	{Key: "topology", Type: form.Choice, Step: "where", Options: []string{"single", "cluster"}, Default: "single"},
	{Key: "cluster", Type: form.Text, Step: "where", When: []form.Is{{Key: "topology", In: []string{"cluster"}}}, Max: 10},
	{Key: "names", Type: form.Names, Step: "where", Optional: true, Ask: true},
	{Key: "note", Type: form.Text, Step: "end", Optional: true},
	{Key: "features", Type: form.Choices, Step: "end", Options: []string{"x", "y"}, When: []form.Is{{Key: "product", In: []string{"box"}}}},
}}

// set answers in turn and fails on a problem.
func set(t *testing.T, pairs ...string) form.Answers {
	t.Helper()
	a := form.Answers{}
	for i := 0; i < len(pairs); i += 2 {
		next, problem := order.Set(a, pairs[i], pairs[i+1])
		if problem != nil {
			t.Fatalf("%s: %s", pairs[i], problem.Text.Key)
		}
		a = next
	}
	return a
}

func TestNextAsksWhatIsMissingOnly(t *testing.T) {
	for _, c := range []struct {
		answered []string
		want     string
	}{
		{nil, "product"},
		{[]string{"product", "box"}, "service"},
		{[]string{"product", "server"}, "names"},                 // one service, and a default topology
		{[]string{"product", "server", "service", "c"}, "names"}, // topology has a default
		{[]string{"product", "server", "service", "c", "topology", "cluster"}, "cluster"},
		{[]string{"product", "server", "service", "c", "names", ""}, ""}, // none, and they mean it
		{[]string{"product", "box", "service", "a", "names", "n.example"}, "features"},
	} {
		next, more := order.Next(set(t, c.answered...))
		if next.Key != c.want || more != (c.want != "") {
			t.Errorf("after %v: %q, %v; want %q", c.answered, next.Key, more, c.want)
		}
	}
}

func TestSetDropsWhatNoLongerApplies(t *testing.T) {
	before := set(t, "product", "box", "service", "a", "topology", "cluster", "cluster", "c.example", "features", "x")
	after, problem := order.Set(before, "product", "server")
	if problem != nil {
		t.Fatal(problem)
	}
	if after.Has("service") || after.Has("features") || after.First("cluster") != "c.example" {
		t.Errorf("as a server: %v", after)
	}
	if after = order.Unset(after, "topology"); after.Has("cluster") {
		t.Errorf("a single node kept the name of its cluster: %v", after)
	}
	if before.First("product") != "box" || before.First("service") != "a" {
		t.Error("Set changed what it was given")
	}
	if got, want := order.Steps(before), []string{"what", "where", "end"}; !reflect.DeepEqual(got, want) {
		t.Errorf("pages: %v", got)
	}
}

func TestSetRefuses(t *testing.T) {
	a := set(t, "product", "server", "topology", "cluster")
	for _, c := range []struct{ field, value, want string }{
		{"service", "a", "form.problem.not_offered"},
		{"cluster", "", "form.problem.required"},
		{"cluster", " \t\u3000 ", "form.problem.required"},
		{"cluster", strings.Repeat("長", 11), "form.problem.too_long"},
		{"cluster", "a\xff", "form.problem.not_text"},
		{"names", strings.Repeat("n,", 2000), ""}, // one name, repeated
		{"colour", "red", "form.problem.unknown_field"},
	} {
		next, problem := order.Set(a, c.field, c.value)
		got := ""
		if problem != nil {
			got = problem.Text.Key
		}
		if got != c.want || problem != nil && !reflect.DeepEqual(next, a) {
			t.Errorf("%s = %.20q: %q, want %q", c.field, c.value, got, c.want)
		}
	}
	var many strings.Builder
	for i := range 1001 {
		many.WriteString(strings.Repeat("a", i+1) + " ")
	}
	if _, problem := order.Set(a, "names", many.String()); problem == nil || problem.Text.Key != "form.problem.too_many" {
		t.Errorf("1001 names: %v", problem)
	}
}

func TestSplitNames(t *testing.T) {
	for in, want := range map[string][]string{
		"A.example.com, b.example.com；c.example.com、d.example.com":    {"a.example.com", "b.example.com", "c.example.com", "d.example.com"},
		"1. a.example\n2) b.example\n• c.example\n- d.example":        {"a.example", "b.example", "c.example", "d.example"},
		"DNS:a.example DNS: b.example, IP Address:10.0.0.1":           {"a.example", "b.example", "10.0.0.1"},
		"<http://a.example|a.example> &lt;b&gt; <https://c.example/>": {"a.example", "b", "c.example"},
		"“a.example” (b.example) `a.example`":                         {"a.example", "b.example"},
		"https://a.example:8443/x":                                    {"a.example"},
		"":                                                            nil,
	} {
		if got := form.SplitNames(in); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzSplitNames(f *testing.F) {
	f.Add("DNS:a.example, <http://b.example|b.example>\n3) c.example")
	f.Fuzz(func(t *testing.T, raw string) {
		once := form.SplitNames(raw)
		seen := map[string]bool{}
		for _, n := range once {
			if n == "" || seen[n] || strings.ContainsAny(n, " \t\n,;") {
				t.Errorf("%q of %q", n, raw)
			}
			seen[n] = true
		}
	})
}
