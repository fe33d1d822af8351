package eval

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"countersign/triage"
)

func TestRunCounts(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	items, err := Read(strings.NewReader(`{"id":"1","text":"certificate has expired","lang":"en","product":"curl","cause_id":"expired"}

{"id":"2","text":"certificate has expired","lang":"en","product":"curl","cause_id":"revoked","also_possible":["expired"]}
{"id":"3","text":"certificate has expired","lang":"de","product":"x","cause_id":"not-certificate:dns","tags":["negative"]}
`))
	if err != nil || len(items) != 3 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	r, err := Run(context.Background(), kb, items)
	if err != nil {
		t.Fatal(err)
	}
	if r.All.Items != 3 || r.All.First != 2 || r.All.Top3 != 2 || r.All.Negatives != 1 || r.All.FalseCert != 1 || len(r.Wrong) != 1 {
		t.Errorf("%+v", r.All)
	}
	if r.ByLang["de"].Items != 1 || r.ByKind["written here"].First != 2 {
		t.Errorf("%+v %+v", r.ByLang["de"], r.ByKind["written here"])
	}
	var b bytes.Buffer
	r.Print(&b, "three texts", true)
	for _, want := range []string{"language de", "three texts", "confidence 0.9", "3 want not-certificate:dns"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, text := range []string{"{", `{"id":"1","text":"x"}`} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
