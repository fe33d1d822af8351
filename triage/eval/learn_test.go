package eval

import (
	"bytes"
	"slices"
	"testing"

	"countersign/triage"
)

// TestLearn: words that stood in several texts of a cause speak for it, in any order
// of the same texts' making the file is the same, and what one text alone says is not
// kept.
func TestLearn(t *testing.T) {
	items := []Lesson{
		{Text: "the clock ran past the date of the cert", Cause: "expired"},
		{Text: "cert ran past its day last night", Cause: "expired"},
		{Text: "yesterday its day ran past", Cause: "expired"},
		{Text: "they do not know who signed it", Cause: "untrusted-ca", Also: []string{"expired", "missing-intermediate"}},
		{Text: "nobody knows the one who signed that cert", Cause: "untrusted-ca"},
	}
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	items = append(slices.Repeat(items, 5), Lesson{Text: "its day ran past zebra", Cause: "expired"})
	for i := range items {
		items[i].Worth = 1
		items[i].traits = kb.Traits(items[i].Text)
	}
	e := Learn(items)
	if len(e.Causes) != 2 || e.Causes[0] != "expired" {
		t.Fatalf("%v", e.Causes)
	}
	said := func(trait string) int8 {
		found, _ := e.Trait(trait)
		for _, s := range found.Says {
			if s.Class == 0 {
				return s.Steps
			}
		}
		return 0
	}
	if said("ran past") <= 0 || said("sign") >= 0 {
		t.Errorf("ran past %d, signed %d", said("ran past"), said("sign"))
	}
	if _, ok := e.Trait("zebra"); ok {
		t.Error("zebra was in one text only")
	}
	var one, two bytes.Buffer
	if e.Encode(&one) != nil || Learn(items).Encode(&two) != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same texts gave two files")
	}
}
