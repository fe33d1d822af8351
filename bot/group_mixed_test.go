package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"countersign/certs"
	"countersign/workflows"
)

// TestAMixedGroupSaysWhichIsWhich: who signs, and where the key is, differ within a plan; the card
// that all are approved on says so of each.
func TestAMixedGroupSaysWhichIsWhich(t *testing.T) {
	f := newFixture(t)
	all := f.group(workflows.Submitted, workflows.Submitted)
	all[0].Spec.CA, all[1].Spec.CA = certs.PublicCA, certs.PrivateCA
	all[1].Custody, all[1].Spec.OwnCSR = workflows.CustodyDevice, true
	s := speaker{cat: f.cat, lang: "en"}
	raw, err := json.Marshal(groupCard(s, all, awaited{}).Blocks)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		for _, want := range []string{s.option("ca", string(r.Spec.CA)), s.option("custody", r.Custody)} {
			if !strings.Contains(string(raw), want) {
				t.Errorf("the card does not say %q of %s", want, r.ID)
			}
		}
	}
}

// TestAPlanSaysWhatItAsksForAgain: who decides on several reads why one of them was refused before.
func TestAPlanSaysWhatItAsksForAgain(t *testing.T) {
	f := newFixture(t)
	all := f.group(workflows.Submitted, workflows.Submitted)
	all[1].Follows = &workflows.Followed{Request: "REQ-3", Requester: ella, State: workflows.Rejected, By: anselm, Reason: "expe2 is not ours"}
	raw, err := json.Marshal(groupCard(speaker{cat: f.cat, lang: "en"}, all, awaited{}).Blocks)
	if err != nil || !strings.Contains(string(raw), "expe2 is not ours") {
		t.Errorf("it is not said: %v", err)
	}
}

// TestALargeGroupIsSettled: what came and differs from what was approved is settled on the card,
// or behind the button of each, however many they are.
func TestALargeGroupIsSettled(t *testing.T) {
	f := newFixture(t)
	var all []workflows.Request
	for i := range workflows.MaxGroup {
		r := f.request(workflows.Issuing)
		r.ID, r.Group = workflows.NewRequestID(int64(100+i)), "B-x/1"
		r.Mismatch = &workflows.Mismatch{Leaf: []byte("x"), By: workflows.Robot, At: day, Findings: []certs.Finding{
			{Rule: "certificate/shorter", Severity: certs.Warning, Text: certs.T("certs.certificate.shorter", "Days", "31", "Expected", "365", "Until", "2026-12-22")}}}
		all = append(all, r)
	}
	m := groupCard(speaker{cat: f.cat, lang: "en"}, all, awaited{})
	if n, sum := len(m.Blocks), weigh(m.Blocks); n > maxBlocks || sum > maxBlockSum {
		t.Errorf("%d blocks with %d characters", n, sum)
	}
	raw, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if !strings.Contains(string(raw), string(r.ID)) {
			t.Errorf("%s is not on the card", r.ID)
		}
	}
}
