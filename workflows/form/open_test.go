package form

import (
	"slices"
	"testing"
)

// TestOpen: what a text may still fill depends on what was answered before, and what was
// not may come to be.
func TestOpen(t *testing.T) {
	f := Form{Fields: []Field{
		{Key: "fruit", Type: Choice, Options: []string{"apple", "pear"}},
		{Key: "sort", Type: Choice, When: []Is{{Key: "fruit", In: []string{"apple", "pear"}}}, Only: func(a Answers) []string {
			return map[string][]string{"apple": {"boskoop", "any"}, "pear": {"any", "abate"}}[a.First("fruit")]
		}},
		{Key: "worms", Type: Choice, Options: []string{"yes", "no"}, Default: "no", When: []Is{{Key: "fruit", In: []string{"apple"}}}},
		{Key: "names", Type: Names, When: []Is{{Key: "worms", In: []string{"yes"}}}},
		{Key: "note", Type: Area, Optional: true},
	}}
	for _, tt := range []struct {
		name string
		a    Answers
		want []string
	}{
		{"nothing answered", Answers{}, []string{"fruit", "sort", "worms", "names", "note"}},
		{"apples", Answers{"fruit": {"apple"}}, []string{"sort", "worms", "names", "note"}},
		{"pears have no worms", Answers{"fruit": {"pear"}}, []string{"sort", "note"}},
		{"worms without a name", Answers{"fruit": {"apple"}, "worms": {"yes"}, "note": {}}, []string{"sort", "names"}},
		{"no worms", Answers{"fruit": {"apple"}, "worms": {"no"}}, []string{"sort", "note"}},
	} {
		var got []string
		for _, field := range f.Open(tt.a) {
			got = append(got, field.Key)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	sort := func(a Answers) []string {
		return f.Open(a)[slices.IndexFunc(f.Open(a), func(x Field) bool { return x.Key == "sort" })].Options
	}
	if got := sort(Answers{}); !slices.Equal(got, []string{"boskoop", "any", "abate"}) {
		t.Errorf("of any fruit: %v", got)
	}
	if got := sort(Answers{"fruit": {"pear"}}); !slices.Equal(got, []string{"any", "abate"}) {
		t.Errorf("of pears: %v", got)
	}
}
