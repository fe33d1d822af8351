package endurance

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"

	"countersign/bot"
	"countersign/tests/endurance/product"
	"countersign/workflows"
)

// check holds the state against what people did and what they can read, and gives the
// number of certificates.
func (k *killed) check(s product.State) int {
	k.t.Helper()
	if s.Integrity != "ok" {
		k.t.Errorf("SQLite's integrity check says %q", s.Integrity)
	}
	if s.Report.Bad != nil || s.Report.Rows != int64(len(s.Audit)) {
		k.t.Errorf("the audit record does not verify: %+v", s.Report)
	}
	k.checkDeeds(s)
	k.checkEffects(s)
	kept := map[string]bool{}
	for _, r := range s.Requests {
		checkCards(k.t, k.w, r)
		k.checkKey(r)
		if !r.State.Ended() {
			kept[r.KeyName+".age"] = true
		}
	}
	// What was being written at a kill is encrypted, has another name, and is swept later.
	keys, err := filepath.Glob(filepath.Join(k.w.Data(), "custody", "keys", "*.age"))
	if err != nil || len(keys) != len(kept) {
		k.t.Errorf("the custody has %d keys, %d are needed (%v)", len(keys), len(kept), err)
	}
	for _, key := range keys {
		if !kept[filepath.Base(key)] {
			k.t.Errorf("the custody has %s, which nobody needs", filepath.Base(key))
		}
	}
	return k.checkCertificates(s)
}

// audited counts the audit rows of one person's verb on a request, refusals included.
func audited(s product.State, d deed) (done, refused int) {
	for _, a := range s.Audit {
		if a.Actor.ID == d.person && a.Subject == d.request {
			switch a.Verb {
			case d.kind:
				done++
			case "refuse:" + d.kind:
				refused++
			}
		}
	}
	return done, refused
}

// checkDeeds: an acknowledged interaction is never lost, and none counts twice.
func (k *killed) checkDeeds(s product.State) {
	k.t.Helper()
	byHost, byID := map[string]int{}, map[string]workflows.Request{}
	for _, r := range s.Requests {
		byHost[r.Spec.CommonName]++
		byID[string(r.ID)] = r
		if want := "life of " + r.Spec.CommonName; r.Purpose != want {
			k.t.Errorf("%s: the purpose is %q, want %q", r.ID, r.Purpose, want)
		}
	}
	for host, n := range byHost {
		if n != 1 {
			k.t.Errorf("%d requests for %s, asked for once", n, host)
		}
	}
	answers := map[string]bool{} // the last acknowledged answer of each request stands
	for _, d := range k.books.all() {
		r := byID[d.request]
		if d.kind == "key" {
			d.kind = "key.release"
		}
		done, refused := audited(s, d)
		switch d.kind {
		case "send":
			if d.acked && byHost[d.request] != 1 {
				k.t.Errorf("%s was sent and acknowledged; there are %d requests", d.request, byHost[d.request])
			}
			continue
		case "hold", "reject":
			n := 0
			for _, x := range r.Decisions {
				if x.Reason == d.text && string(x.Verdict) == d.kind && x.By.ID == d.person {
					n++
				}
			}
			if n > 1 || d.acked && n == 0 {
				k.t.Errorf("%+v is recorded %d times", d, n)
			}
			continue
		case "ask":
			if n := questions(r, d.text, ""); n > 1 || d.acked && n == 0 {
				k.t.Errorf("%+v is recorded %d times", d, n)
			}
			continue
		case "answer":
			answers[d.request] = answers[d.request] || d.acked
			continue
		case "approve": // one that is refused because of a hold is told, not recorded
			for _, x := range r.Decisions {
				if x.Verdict == workflows.Hold && x.By.ID == d.person {
					refused++
				}
			}
		}
		if d.acked && done+refused == 0 {
			k.t.Errorf("%+v was acknowledged and is not recorded", d)
		}
		if done > 1 && d.kind != "resume" {
			k.t.Errorf("%+v is recorded %d times", d, done)
		}
	}
	for id, acked := range answers {
		if acked && questions(byID[id], "", "answer-") == 0 {
			k.t.Errorf("%s: an answer was acknowledged, and none is recorded", id)
		}
	}
}

// questions counts those with a text, or with an answer that begins so.
func questions(r workflows.Request, text, answer string) (n int) {
	for _, q := range r.Questions {
		if text != "" && q.Text == text || answer != "" && strings.HasPrefix(q.Answer, answer) {
			n++
		}
	}
	return n
}

// checkEffects: what was to be told was told, and once.
func (k *killed) checkEffects(s product.State) {
	k.t.Helper()
	posts := k.w.Seen.Posts()
	for key, n := range posts {
		if n > 1 {
			k.t.Errorf("posted %d times: %s", n, key)
		}
	}
	for _, e := range s.Effects {
		if e.Buried {
			k.t.Errorf("given up: %+v", e)
		}
		switch e.Kind {
		case workflows.KindNotify, workflows.KindAsk, workflows.KindAnswer, workflows.KindReply:
			name := e.Key
			if e.Kind == workflows.KindAsk { // a card: REQ-1/ask/0/4 stands as REQ-1/question/0
				name = e.Subject + "/question/" + strings.Split(strings.TrimPrefix(e.Key, e.Subject+"/ask/"), "/")[0]
			}
			if strings.Contains(e.Key, "/tell/issued/") { // goes with its files, which are counted below: a share has no key
				continue
			}
			if posts[name] == 0 {
				k.t.Errorf("never posted: %+v", e)
			}
		}
	}
	files := k.w.Seen.Files()
	for _, r := range s.Requests {
		if len(r.Cert) == 0 {
			continue
		}
		base := bot.FileBase(r)
		for _, ext := range []string{".cert.pem", ".chain.pem"} {
			if files[base+ext] != 1 {
				k.t.Errorf("%s was shared %d times", base+ext, files[base+ext])
			}
		}
		if n := files[base+".csr.pem"]; n < 1 || n > 2 { // when it is made, and beside the certificate
			k.t.Errorf("%s.csr.pem was shared %d times", base, n)
		}
	}
}

// checkCertificates: one approved request, one issuance (the CA's own records are
// asked), with the decisions that its policy wants.
func (k *killed) checkCertificates(s product.State) int {
	k.t.Helper()
	issued := map[string]bool{} // DER
	serials := map[string]workflows.RequestID{}
	for _, r := range s.Requests {
		if len(r.Cert) == 0 {
			continue
		}
		issued[string(r.Cert)] = true
		cert, err := x509.ParseCertificate(r.Cert)
		if err != nil {
			k.t.Errorf("%s: %v", r.ID, err)
			continue
		}
		if other, twice := serials[cert.SerialNumber.String()]; twice {
			k.t.Errorf("%s and %s share a serial number", r.ID, other)
		}
		serials[cert.SerialNumber.String()] = r.ID
		approvals := 0
		for _, d := range r.Decisions {
			if d.Verdict == workflows.Approve && d.Hash == r.Hash() && d.By != r.Requester {
				approvals++
			}
		}
		if approvals != 1 {
			k.t.Errorf("%s is signed with %d approvals of its hash", r.ID, approvals)
		}
		if n, _ := audited(s, deed{kind: "issued", person: workflows.Robot.ID, request: string(r.ID)}); n != 1 {
			k.t.Errorf("%s: issued %d times, by the audit record", r.ID, n)
		}
	}
	dir := filepath.Join(k.w.Data(), "custody", "issued")
	for ext, want := range map[string]int{".der": len(issued), ".intent": len(issued)} {
		names, err := filepath.Glob(filepath.Join(dir, "*"+ext))
		if err != nil || len(names) != want {
			k.t.Errorf("the CA has %d records %s, the database %d certificates (%v)", len(names), ext, want, err)
		}
		for _, name := range names {
			der, err := os.ReadFile(name)
			if err != nil || ext == ".der" && !issued[string(der)] {
				k.t.Errorf("%s is signed and in no request (%v)", filepath.Base(name), err)
			}
		}
	}
	return len(issued)
}

// checkKey: a key that was asked for was handed over once, and opens once.
func (k *killed) checkKey(r workflows.Request) {
	k.t.Helper()
	var links [][]string
	for _, p := range k.people {
		if p.id != r.Requester.ID {
			continue
		}
		for _, m := range p.seen.As(p.handle).Messages() {
			if link := keyLink.FindStringSubmatch(m.Shown()); link != nil && requestID.FindString(m.Shown()) == string(r.ID) {
				links = append(links, link)
			}
		}
	}
	if len(links) != len(r.Releases) {
		k.t.Errorf("%s: %d hand-overs recorded, %d told", r.ID, len(r.Releases), len(links))
	}
}

// fits reports whether a private key in PEM belongs to a certificate.
func fits(key, cert []byte) bool {
	block, _ := pem.Decode(key)
	if block == nil {
		return false
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return false
	}
	public, err := x509.MarshalPKIXPublicKey(publicOf(private))
	leaf, err2 := x509.ParseCertificate(cert)
	return err == nil && err2 == nil && bytes.Equal(public, leaf.RawSubjectPublicKeyInfo)
}
