package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"countersign/certs"
	"countersign/locales"
	"countersign/workflows"
)

// group are two requests of one plan, each in a state.
func (f fixture) group(a, b workflows.State) []workflows.Request {
	one, two := f.request(a), f.request(b)
	plan := f.service.Intake.PlanOf(workflows.Conversation{Answers: f.form})
	two.ID, two.Spec, two.KeyName = "REQ-8", plan.Specs[1], "req-8-x"
	one.Group, two.Group = "B-x/1", "B-x/1"
	for i := range two.Decisions {
		two.Decisions[i].Request, two.Decisions[i].Hash = two.ID, two.Hash()
	}
	return []workflows.Request{one, two}
}

func TestCardsOfAGroup(t *testing.T) {
	f := newFixture(t)
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		waits := awaited{who: "<!subteam^S0PKIAPPROVERS>", have: 1, need: 2}
		golden(t, "group.submitted."+lang, groupCard(s, f.group(workflows.Submitted, workflows.Submitted), waits))
		golden(t, "group.half."+lang, groupCard(s, f.group(workflows.Approved, workflows.OnHold), waits))
		golden(t, "group.done."+lang, groupDone(s, f.group(workflows.Issued, workflows.Rejected)))
		golden(t, "group.requester-submitted."+lang, groupOfRequester(s, f.group(workflows.Submitted, workflows.Submitted)))
		golden(t, "group.requester-issued."+lang, groupOfRequester(s, f.group(workflows.Issued, workflows.Issued)))
		golden(t, "group.tell-issued."+lang, noticeView(s, f.group(workflows.Issued, workflows.Issued), "issued", "https://acme.slack.com/archives/D1/p1"))
		golden(t, "group.tell-rejected."+lang, noticeView(s, f.group(workflows.Rejected, workflows.Rejected), "rejected", ""))
		goldenView(t, "group.except."+lang, exceptModal(s, f.group(workflows.Submitted, workflows.Submitted), "hash"))
		goldenView(t, "group.reason."+lang, groupReasonModal(s, workflows.Reject, f.group(workflows.Submitted, workflows.Submitted), "hash"))
		golden(t, "approval.decided."+lang, approvalMessage(s, f.request(workflows.Issued), waits))
		golden(t, "approval.awaited."+lang, approvalMessage(s, f.request(workflows.Submitted), waits))
	}
	device := f.group(workflows.Submitted, workflows.Submitted)
	for i := range device {
		device[i].Spec.OwnCSR, device[i].Custody = true, workflows.CustodyDevice
	}
	device[1].CSR = nil
	s := speaker{cat: f.cat, lang: "en"}
	golden(t, "group.device.en", groupCard(s, device, awaited{}))
	golden(t, "group.requester-device.en", groupOfRequester(s, device))
	if !decidable(device) {
		t.Error("the CSR that is there waits for the others")
	}
	device[1].Spec.OwnCSR = false
	if decidable(device) {
		t.Error("approvers are asked before all CSRs are made")
	}
}

// TestALargeGroupIsShownWhole: what one click decides on stands on the card, however many names
// the certificates have.
func TestALargeGroupIsShownWhole(t *testing.T) {
	f := newFixture(t)
	var all []workflows.Request
	for range workflows.MaxGroup {
		r := f.request(workflows.Submitted)
		r.ID = workflows.NewRequestID(int64(100 + len(all)))
		long := strings.Repeat("x", 60)
		r.Spec.CommonName, r.Spec.For = long+"."+long+".example.com", []string{"n" + long + "." + long + ".example.com"}
		r.Spec.Subject = certs.Subject{O: long, OU: long, L: long, ST: long, C: "DE"}
		r.Purpose = strings.Repeat(hostile, 60)
		r.Twin = &workflows.Twin{Request: "REQ-3", Owner: anselm, NotAfter: day}
		if len(all)%2 == 1 {
			r.State = workflows.OnHold
		}
		for range 6 {
			r.Spec.Names = append(r.Spec.Names, r.Spec.Names...)
		}
		all = append(all, r)
	}
	m := groupCard(speaker{cat: f.cat, lang: "en"}, all, awaited{})
	if n, sum := len(m.Blocks), weigh(m.Blocks); n > maxBlocks || sum > maxBlockSum {
		t.Errorf("%d blocks with %d characters", n, sum)
	}
	seen := map[string]bool{}
	for _, b := range m.Blocks {
		if s, ok := sectionOf(b); ok && s.Accessory != nil && s.Accessory.ButtonElement != nil {
			seen[s.Accessory.ButtonElement.Value] = true
		}
	}
	for _, r := range all {
		if !seen[string(r.ID)] {
			t.Errorf("%s is decided on and not shown", r.ID)
		}
	}
}

func sectionOf(b slack.Block) (*slack.SectionBlock, bool) {
	s, ok := b.(*slack.SectionBlock)
	return s, ok
}

// TestGroupCountsWhatAClickDoes: approving all takes what is not on hold, and says how many that
// are; what to trust before the installation is that of all the certificates, each store once.
func TestGroupCountsWhatAClickDoes(t *testing.T) {
	f := newFixture(t)
	s := speaker{cat: f.cat, lang: "en"}
	all := []workflows.Request{f.request(workflows.Submitted), f.request(workflows.Submitted), f.request(workflows.OnHold)}
	var texts []string
	for _, e := range groupActions(s, all).Elements.ElementSet {
		texts = append(texts, e.(*slack.ButtonBlockElement).Text.Text)
	}
	if want := s.raw("bot.button.approve_all", "Count", "2"); !slices.Contains(texts, want) {
		t.Errorf("%q is not among %q", want, texts)
	}
	ready := []workflows.Request{f.request(workflows.Issued), f.request(workflows.Issued)}
	ready[0].Trust = []certs.Trust{{By: "cucm", Store: "CallManager-trust"}}
	ready[1].Trust = []certs.Trust{{By: "cucm", Store: "CallManager-trust"}, {By: "expressway-c", Store: "trusted-ca"}}
	for i := range ready {
		ready[i].ID = workflows.NewRequestID(int64(i + 1))
	}
	raw, err := json.Marshal(groupOfRequester(s, ready).Blocks)
	if err != nil || strings.Count(string(raw), "CallManager-trust") != 1 || strings.Count(string(raw), "trusted-ca") != 1 {
		t.Errorf("%v: a store is missing or said twice", err)
	}
}
