package bot

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"countersign/certs"
	"countersign/locales"
	"countersign/workflows"
	"countersign/workflows/issuance"
	"countersign/workflows/keyrelease"
)

var (
	ella   = workflows.Person{Team: "T1", ID: "U0ELLA"}
	anselm = workflows.Person{Team: "T1", ID: "U0ANSELM"}
)

// handedOver is an issued request with hand-overs of its key.
func (f fixture) handedOver(all ...workflows.Release) workflows.Request {
	r := f.request(workflows.Issued)
	r.Spec.KeyFile = true
	for _, h := range all {
		h.To, h.At, h.Expires = ella, day, day.Add(10*time.Minute)
		if h.Accessor == "" {
			h.Accessor = "6Yw9@1795255200"
		}
		r.Releases = append(r.Releases, h)
	}
	return r
}

// TestKeyViews: the hand-over and what is said when it is over, opened, doubted, stolen.
func TestKeyViews(t *testing.T) {
	f := newFixture(t)
	opened := day.Add(2 * time.Minute)
	states := map[string]workflows.Release{
		"opened":         {Opened: opened, End: workflows.EndOpened},
		"again":          {Opened: opened, OpenedAgain: opened.Add(time.Minute), End: workflows.EndOpened},
		"unopened":       {End: workflows.EndUnopened},
		"unknown":        {End: workflows.EndUnknown},
		"unused":         {End: workflows.EndTakenBack, Doubted: opened},
		"doubted":        {Doubted: opened},
		"doubted-opened": {Opened: opened, End: workflows.EndOpened, Doubted: opened.Add(time.Minute)},
		"stolen":         {Opened: opened, End: workflows.EndOpened, Alarm: &workflows.Alarm{By: ella, At: opened, Kind: workflows.ReportNotMe}},
	}
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		golden(t, "key."+lang, keyMessage(s, []keyrelease.Parcel{{Request: f.handedOver(workflows.Release{}), Handover: workflows.Handover{Expires: day, Command: "umask 077; vault unwrap -format=json hvs.X | jq > req-7.key"}}}))
		if _, ok := keyCard(s, []keyrelease.Parcel{{Request: f.handedOver(workflows.Release{}), Index: 0}}); ok {
			t.Error("a hand-over that can be opened is drawn over")
		}
		for name, h := range states {
			r := f.handedOver(h)
			m, ok := keyCard(s, []keyrelease.Parcel{{Request: r, Index: 0}})
			if !ok {
				t.Errorf("%s: the token stays in the message", name)
			}
			golden(t, "key-card."+name+"."+lang, m)
			if slices.Contains([]string{"unknown", "unused", "stolen"}, name) { // the others stand on the card alone
				golden(t, "key-news."+name+"."+lang, keyNews(s, r, 0, name))
			}
			golden(t, "requester.key-"+name+"."+lang, requesterCard(s, r))
			golden(t, "approval.key-"+name+"."+lang, approvalCard(s, r, awaited{}))
		}
		r := f.handedOver(workflows.Release{Opened: opened, End: workflows.EndOpened}, workflows.Release{By: anselm})
		r.Asks = []workflows.KeyAsk{{Reason: hostile, At: day, By: anselm, Decided: opened, Allowed: true}, {Reason: hostile, At: opened, By: anselm, Decided: opened}, {Reason: hostile, At: opened}}
		for _, why := range []workflows.AskEnd{workflows.AskExpired, workflows.AskStolen, workflows.AskOver} {
			r.Asks = append(r.Asks, workflows.KeyAsk{Reason: hostile, At: opened, By: workflows.Robot, Decided: opened, Closed: why})
		}
		golden(t, "key-news.ask_expired."+lang, keyNews(s, r, 3, "ask_expired"))
		golden(t, "requester.asks."+lang, requesterCard(s, r))
		for i, name := range []string{"allowed", "refused", "open", "expired", "stolen", "over"} {
			at := r
			if name == "open" {
				at.Asks = at.Asks[:3:3]
				at.Asks[2].Expires = day.Add(7 * 24 * time.Hour)
			}
			golden(t, "key-ask."+name+"."+lang, askCard(s, at, i))
		}
		golden(t, "key-news.refused."+lang, keyNews(s, r, 1, "refused"))
		goldenView(t, "key-again."+lang, textModal(s, viewKeyAgain, "bot.again", routing{Request: "REQ-7"}))
		for _, kind := range []string{workflows.ReportOpened, workflows.ReportNotMe, workflows.ReportNoWork, workflows.ReportUnknown} {
			r := f.handedOver(workflows.Release{Opened: opened, End: workflows.EndOpened, Alarm: &workflows.Alarm{By: ella, At: opened, Kind: kind}})
			golden(t, "key-alarm."+kind+"."+lang, alarmView(s, r, 0, true))
			golden(t, "key-alarm.operators."+kind+"."+lang, alarmView(s, r, 0, false))
		}
	}
}

// TestHeldViews: a certificate that differs, for those who decide and for the one who waits.
func TestHeldViews(t *testing.T) {
	f := newFixture(t)
	shorter := certs.Finding{Rule: "certificate/shorter", Severity: certs.Warning, Text: certs.T("certs.certificate.shorter", "Days", "31", "Expected", "365", "Until", "2026-12-22")}
	leaf := certs.Finding{Rule: "chain/leaf-only", Severity: certs.Warning, Text: certs.T("certs.chain.leaf_only", "Issuer", "CN="+hostile), Source: "Cisco 213872, 221624"}
	first := certs.Finding{Rule: "chain/expires-first", Severity: certs.Warning, Text: certs.T("certs.chain.expires_first", "CA", "CN=X", "Until", "2027-01-01")}
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		for name, held := range map[string]workflows.Mismatch{
			"shorter":   {Leaf: []byte("x"), Chain: [][]byte{[]byte("y")}, Findings: []certs.Finding{shorter, first}, By: ella, At: day},
			"leaf-only": {Leaf: []byte("x"), Findings: []certs.Finding{leaf}, By: ella, At: day},
			"issuer":    {Leaf: []byte("x"), Chain: [][]byte{[]byte("y")}, Findings: []certs.Finding{shorter}, By: workflows.Robot, At: day},
		} {
			r := f.request(workflows.Issuing)
			r.Mismatch = &held
			golden(t, "approval.held-"+name+"."+lang, approvalCard(s, r, awaited{}))
			golden(t, "requester.held-"+name+"."+lang, requesterCard(s, r))
			golden(t, "tell.held-"+name+"."+lang, noticeView(s, []workflows.Request{r}, "held", ""))
		}
	}
}

// TestGiveUpViews: what waits for a certificate can be given up; elsewhere by its
// requester, else by approvers too.
func TestGiveUpViews(t *testing.T) {
	f := newFixture(t)
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		waits, pending := f.request(workflows.Issuing), f.request(workflows.Issuing)
		waits.Trouble = workflows.Trouble{Text: certs.T("vault.ca.renew", "End", "2027-03-01", "Days", "365"), Since: day}
		pending.Pending = true
		for name, r := range map[string]workflows.Request{"waits": waits, "pending": pending} {
			golden(t, "approval.issuing-"+name+"."+lang, approvalCard(s, r, awaited{}))
			golden(t, "requester.issuing-"+name+"."+lang, requesterCard(s, r))
		}
	}
}

// TestRevokeViews: ordered, to be done by hand, done.
func TestRevokeViews(t *testing.T) {
	f := newFixture(t)
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		goldenView(t, "revoke."+lang, revokeModal(s, f.request(workflows.Issued)))
		for name, v := range map[string]workflows.Revocation{
			"under-way": {}, "manual": {Manual: true, Why: certs.T("vault.revoke.none")}, "done": {Done: day.Add(time.Hour), DoneBy: workflows.Robot},
		} {
			v.By, v.At, v.Reason, v.Note = anselm, day, "keyCompromise", hostile
			r := f.request(workflows.Installed)
			if name == "done" {
				r = f.request(workflows.Revoked)
			}
			r.Revoking = &v
			golden(t, "approval.revoke-"+name+"."+lang, approvalCard(s, r, awaited{}))
			golden(t, "requester.revoke-"+name+"."+lang, requesterCard(s, r))
		}
		asked := f.request(workflows.Installed)
		asked.RevocationAsks = []workflows.RevocationAsk{{By: ella, At: day, Reason: "superseded", Note: hostile, Closed: day.Add(time.Hour), ClosedBy: anselm},
			{By: anselm, At: day, Reason: workflows.KeyCompromise, Note: hostile, Closed: day.Add(time.Hour), ClosedBy: anselm, Ordered: true}, {By: anselm, At: day, Reason: workflows.KeyCompromise, Note: hostile}}
		for i, name := range []string{"refused", "ordered", "open"} {
			golden(t, "revocation-ask."+name+"."+lang, revocationAskCard(s, asked, i))
		}
		golden(t, "requester.revocation-asked."+lang, requesterCard(s, asked))
		goldenView(t, "revocation-ask.form."+lang, askRevocationModal(s, asked, []string{workflows.KeyCompromise}))
		spoken := f.request(workflows.Submitted)
		spoken.Questions = []workflows.Question{{By: anselm, At: day, Text: hostile, Answer: hostile}, {By: anselm, At: day, Text: hostile}}
		spoken.Remarks = []workflows.Remark{{By: anselm, At: day, Text: hostile}}
		golden(t, "question.answered."+lang, questionCard(s, spoken, 0))
		golden(t, "question.open."+lang, questionCard(s, spoken, 1))
		golden(t, "approval.asked."+lang, approvalCard(s, spoken, awaited{}))
		early := f.request(workflows.Issued) // nobody is told to install it any more
		early.Revoking = &workflows.Revocation{By: anselm, At: day, Reason: "superseded"}
		golden(t, "requester.revoke-issued."+lang, requesterCard(s, early))
		for _, event := range []string{"revoking", "revoke_manual", "revoked", "turned_away", "key_late"} {
			golden(t, "tell."+event+"."+lang, noticeView(s, []workflows.Request{f.request(workflows.Issued)}, event, ""))
		}
		golden(t, "show-revocable."+lang, showView(s, f.request(workflows.Issued), revokeActions(s, f.request(workflows.Issued))))
	}
}

// TestUnusedViews: a certificate that nobody gets, by why and by how far its revocation is.
func TestUnusedViews(t *testing.T) {
	f := newFixture(t)
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // its signatures are the same at each run
	leaf := func(n int64) []byte {
		like := &x509.Certificate{SerialNumber: big.NewInt(0x5eed0000 + n), NotBefore: day, NotAfter: day.Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, like, like, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	held := workflows.Mismatch{Leaf: []byte("x"), Chain: [][]byte{[]byte("y")}, By: ella, At: day,
		Findings: []certs.Finding{{Rule: "certificate/shorter", Severity: certs.Warning, Text: certs.T("certs.certificate.shorter", "Days", "31", "Expected", "365", "Until", "2026-12-22")}}}
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		var owed []workflows.Request
		for i, c := range []struct {
			name   string
			unused workflows.Unused
		}{
			{"under-way", workflows.Unused{Revocation: workflows.Revocation{By: anselm}}},
			{"waits", workflows.Unused{Revocation: workflows.Revocation{By: anselm}, Waits: certs.T("vault.sealed", "Address", "https://vault.example.com")}},
			{"failed", workflows.Unused{Revocation: workflows.Revocation{By: anselm, Manual: true, Why: certs.T("vault.revoke.none")}}},
			{"done", workflows.Unused{Revocation: workflows.Revocation{By: anselm, DoneBy: workflows.Robot, Done: day.Add(time.Hour)}}},
			{"refused", workflows.Unused{Revocation: workflows.Revocation{By: workflows.Robot}}},
			{"ask", workflows.Unused{Revocation: workflows.Revocation{By: anselm, Manual: true}}},
			{"replaced", workflows.Unused{Revocation: workflows.Revocation{By: ella, Manual: true, Reason: "superseded"}}},
			{"confirmed", workflows.Unused{Revocation: workflows.Revocation{By: anselm, Manual: true, DoneBy: anselm, Done: day.Add(time.Hour)}}},
		} {
			r := f.request(workflows.Failed)
			if c.unused.Manual && c.unused.Why.Zero() {
				r = f.request(workflows.Issuing)
				r.Mismatch = &held
			}
			c.unused.Leaf, c.unused.At = leaf(int64(i)), day
			if c.unused.Reason == "" {
				c.unused.Reason = "cessationOfOperation"
			}
			r.Unused = []workflows.Unused{c.unused}
			golden(t, "approval.unused-"+c.name+"."+lang, approvalCard(s, r, awaited{}))
			golden(t, "requester.unused-"+c.name+"."+lang, requesterCard(s, r))
			if r.RevocationDue() {
				r.ID = workflows.RequestID(fmt.Sprintf("REQ-%d", 10+i))
				owed = append(owed, r)
			}
		}
		revoking := f.request(workflows.Issued)
		revoking.Revoking = &workflows.Revocation{By: anselm, Reason: "superseded", At: day, Manual: true}
		owed = append(owed, revoking)
		golden(t, "show-owed."+lang, showView(s, revoking, revocationActions(s, revoking)...))
		goldenHome(t, "home-owed."+lang, homeView(s, issuance.Home{Work: works(issuance.TaskRevoke, owed...)}))
		several := f.request(workflows.Failed)
		for _, x := range owed[:3] {
			several.Unused = append(several.Unused, x.Unused...)
		}
		golden(t, "approval.several-unused."+lang, approvalCard(s, several, awaited{}))
		full := issuance.Home{Open: &workflows.Conversation{ID: "C-1"}, Rest: true} // as much as there can be
		for i := range 20 {
			r := owed[0]
			r.ID, r.Unused = workflows.RequestID(fmt.Sprintf("REQ-%d", 100+i)), slices.Repeat(r.Unused, mostUnused)
			full.Work, full.Ends, full.Others = append(full.Work, works(issuance.TaskRevoke, r)...), append(full.Ends, r), append(full.Others, r)
		}
		full.Ends, full.Others = full.Ends[:5], full.Others[:5]
		goldenHome(t, "home-full."+lang, homeView(s, full))
	}
}

// TestOperatorsTexts: what waits, and what was given up, in words.
func TestOperatorsTexts(t *testing.T) {
	f := newFixture(t)
	why := certs.T("vault.denied", "Identity", "janitor", "Path", "countersign-transit/keys/x")
	for _, lang := range locales.All {
		s := speaker{cat: f.cat, lang: lang}
		golden(t, "operators.waits."+lang, oneLine(operatorsText(s, workflows.KindWaits, workflows.Failing{Of: workflows.KindDestroy, About: workflows.About{Request: "REQ-7"}, Text: &why})))
		golden(t, "operators.dead."+lang, oneLine(operatorsText(s, workflows.KindDead, workflows.Failing{Of: workflows.KindRelease, About: workflows.About{Request: "REQ-7"}, Text: &why})))
		golden(t, "operators.message."+lang, oneLine(operatorsText(s, workflows.KindDead, workflows.Failing{Of: workflows.KindCards, About: workflows.About{Request: "REQ-7"}, Reason: "missing_scope"})))
	}
}
