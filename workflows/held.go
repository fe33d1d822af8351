package workflows

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"time"

	"countersign/certs"
)

// Held is a certificate that an issuer returned and that differs from what was
// approved in a way that people may live with. It is delivered to nobody until a better
// one comes, the missing chain comes, or an approver takes it as it is.
type Held struct {
	Leaf     []byte          `json:"leaf"`            // DER
	Chain    [][]byte        `json:"chain,omitempty"` // DER, issuing CA first
	Findings []certs.Finding `json:"findings"`
	By       Person          `json:"by"` // who brought it; Robot: the issuer itself
	At       time.Time       `json:"at"`
}

// SHA256 names the certificate that is held, as people compare it, hex.
func (h Held) SHA256() string {
	sum := sha256.Sum256(h.Leaf)
	return hex.EncodeToString(sum[:])
}

// Mark is what a decision is bound to: certificate and chain, all that was shown. hex.
func (h Held) Mark() string {
	sum := sha256.New()
	for _, der := range append([][]byte{h.Leaf}, h.Chain...) {
		one := sha256.Sum256(der)
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// LeafOnly reports that the CA's own certificates are what is missing.
func (h Held) LeafOnly() bool { return len(h.Chain) == 0 }

// differs are the rules of certs.CheckIssued that do not make a certificate useless,
// but make it another one than was approved. What it finds as an Error is never taken.
// A harmless key usage more is no difference: CAs add keyEncipherment to everything.
var differs = map[string]bool{
	"certificate/shorter": true, "certificate/longer": true, "certificate/eku-added": true,
	"chain/leaf-only": true, "chain/key-identifier": true, "predecessor/other-ca": true,
}

// Differs reports whether f is what a held certificate is held for.
func Differs(f certs.Finding) bool { return f.Severity == certs.Warning && differs[f.Rule] }

// replaced gives the certificate that r's is to replace, or nil.
func replaced(ctx context.Context, rd Reader, r Request) ([]byte, error) {
	if r.predecessor() == "" {
		return nil, nil
	}
	old, err := rd.Request(ctx, r.predecessor())
	if CodeOf(err) == NotFound {
		return nil, nil
	}
	return old.Cert, err
}

// withReturned puts what an issuer returned on a request: as its certificate when it
// answers what was approved, as Held when it differs. The Error says what makes it
// useless; then the request is as before.
func withReturned(r Request, got Certificate, old []byte, by Person, now time.Time) (Request, *Error) {
	if _, legal := r.State.Next(VerbReturn); !legal {
		return r, tooLate(r)
	}
	var options []certs.IssuedOption
	if len(old) > 0 {
		options = append(options, certs.After(old))
	}
	held := Held{Leaf: got.Leaf, Chain: got.Chain, By: by, At: now}
	hold := false
	for _, f := range certs.CheckIssued(r.Spec, r.CSR, got.Leaf, got.Chain, now, options...) {
		if f.Severity == certs.Error {
			return r, &Error{Code: Invalid, Field: "certificate", Text: f.Text}
		}
		held.Findings = append(held.Findings, f)
		hold = hold || Differs(f)
	}
	r.Trouble, r.Updated = Trouble{}, now
	if hold {
		r.Held = &held
		return r, nil
	}
	return withCertificate(r, held)
}

// withCertificate makes a certificate that was checked that of the request.
func withCertificate(r Request, h Held) (Request, *Error) {
	to, legal := r.State.Next(VerbReturn)
	if !legal {
		return r, tooLate(r)
	}
	leaf, err := x509.ParseCertificate(h.Leaf)
	if err != nil {
		return r, unreadable(err)
	}
	r.State, r.Cert, r.Chain, r.Findings, r.NotAfter, r.Held = to, h.Leaf, h.Chain, h.Findings, leaf.NotAfter.UTC(), nil
	return r, nil
}

// came is what follows when something was returned.
func (s *Service) came(r Request, by Person, now time.Time) Change {
	if r.Held == nil {
		return s.issued(r, by, now)
	}
	var rules string
	for _, f := range r.Held.Findings {
		if Differs(f) {
			rules += f.Rule + " "
		}
	}
	return Change{Requests: []Request{r}, Effects: []Effect{redraw(r), tell(r, "held")},
		Audit: []Audit{{At: now, Actor: by, Verb: "held", Subject: string(r.ID), Detail: detail("sha256", r.Held.SHA256(), "differs", rules)}}}
}

// GiveChain takes CA certificates that came without a certificate, for requests whose
// certificate is held because it came without them. It is matched by what the held
// certificate was signed with. NotFound: none of by's waits for these.
func (s *Service) GiveChain(ctx context.Context, receipt Receipt, by Person, cas []*x509.Certificate) (Request, error) {
	var after Request
	none := Refuse(NotFound, "workflows.refuse.no_request_for_chain")
	err := s.update(ctx, receipt, by, "chain", "", s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		var all Change
		take := func(r Request) (bool, error) {
			chain := s.missingChain(r, by, cas)
			if chain == nil {
				return true, nil
			}
			old, err := replaced(ctx, rd, r)
			if err != nil {
				return false, err
			}
			next, no := withReturned(r, Certificate{Leaf: r.Held.Leaf, Chain: chain}, old, by, now)
			if no != nil {
				return false, no
			}
			after = next
			c := s.came(next, by, now)
			all.Requests, all.Effects, all.Audit = append(all.Requests, c.Requests...), append(all.Effects, c.Effects...), append(all.Audit, c.Audit...)
			return true, nil
		}
		lacking := RequestQuery{Team: s.Team, Awaits: []Await{AwaitChain}}
		mine, theirs := lacking, lacking
		mine.Requester, mine.States = by, []State{Issuing}
		theirs.NotBy, theirs.Policies = by, s.policiesOf(by)
		if err := every(ctx, rd, mine, take); err != nil {
			return Change{}, err
		}
		if len(theirs.Policies) > 0 {
			if err := every(ctx, rd, theirs, take); err != nil {
				return Change{}, err
			}
		}
		if len(all.Requests) == 0 {
			return Change{}, none
		}
		return all, nil
	})
	return after, err
}

// missingChain gives the chain that cas make for the certificate held on r, or nil when
// r does not wait for them, or not for by.
func (s *Service) missingChain(r Request, by Person, cas []*x509.Certificate) [][]byte {
	if r.Held == nil || !r.Held.LeafOnly() || s.mayIssue(r, anybody) != nil {
		return nil
	}
	_, members := s.policyOf(r)
	if by != r.Requester && mayDecide(r, by, members) != nil {
		return nil
	}
	leaf, err := x509.ParseCertificate(r.Held.Leaf)
	if err != nil {
		return nil
	}
	return chainOver(leaf, cas)
}

// chainOver orders CA certificates from the issuer of leaf up, by signature; what does
// not connect is left out.
func chainOver(leaf *x509.Certificate, cas []*x509.Certificate) [][]byte {
	var chain [][]byte
	var rest []*x509.Certificate
	for _, c := range cas {
		if certs.KeyOf(c.PublicKey).Size <= 16384 { // more takes long to compute with
			rest = append(rest, c)
		}
	}
	for at := leaf; len(rest) > 0; {
		next := -1
		for i, c := range rest {
			if bytes.Equal(at.RawIssuer, c.RawSubject) && at.CheckSignatureFrom(c) == nil {
				next = i
				break
			}
		}
		if next < 0 {
			break
		}
		chain = append(chain, rest[next].Raw)
		at = rest[next]
		rest = append(rest[:next], rest[next+1:]...)
	}
	return chain
}

// Settled is an approver's word on a held certificate.
type Settled struct {
	Receipt Receipt
	By      Person
	Request RequestID
	Mark    string // of what the card showed as held
	Accept  bool   // false: turn it away
}

// Settle takes a held certificate as it is, or turns it away: then a CA outside is
// waited for again, and a request whose issuer answers by itself has failed.
func (s *Service) Settle(ctx context.Context, in Settled) (Request, error) {
	verb := map[bool]string{true: "accept_returned", false: "turn_away"}[in.Accept]
	var after Request
	err := s.update(ctx, in.Receipt, in.By, verb, string(in.Request), s.admit(in.By), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, in.Request)
		if err != nil {
			return Change{}, err
		}
		after = r
		_, members := s.policyOf(r)
		if no := mayDecide(r, in.By, members); no != nil {
			return Change{}, no
		}
		switch {
		case r.State != Issuing:
			return Change{}, tooLate(r)
		case r.Held == nil || r.Held.Mark() != in.Mark:
			return Change{}, Refuse(Stale, "workflows.refuse.held_changed", "Request", string(r.ID))
		}
		row := Audit{At: now, Actor: in.By, Verb: verb, Subject: string(r.ID), Detail: detail("sha256", r.Held.SHA256())}
		if !in.Accept {
			next, c, err := s.castOff(ctx, rd, r, r.Held.Leaf, in.By, strayUnneeded, r.Held.By == Robot, now)
			if err != nil {
				return Change{}, err
			}
			after = turnedAway(next, in.By, now)
			told := []Effect{redraw(after), tell(after, "turned_away")}
			if after.State == Failed {
				told = []Effect{redraw(after), tell(after, "failed"), work(after, KindDestroy)}
			}
			c.Requests, c.Effects, c.Audit = []Request{after}, append(c.Effects, told...), append([]Audit{row}, c.Audit...)
			return c, nil
		}
		if no := s.mayIssue(r, anybody); no != nil {
			return Change{}, no
		}
		if no := r.Held.stillGood(r, now); no != nil {
			return Change{}, no
		}
		next, no := withCertificate(r, *r.Held)
		if no != nil {
			return Change{}, no
		}
		next.Updated, after = now, next
		c := s.issued(next, in.By, now)
		c.Audit = append([]Audit{row}, c.Audit...)
		return c, nil
	})
	return after, err
}

// stillGood asks once more: it may have expired while it was held.
func (h Held) stillGood(r Request, now time.Time) *Error {
	for _, f := range certs.CheckIssued(r.Spec, r.CSR, h.Leaf, h.Chain, now) {
		if f.Severity == certs.Error {
			return &Error{Code: Invalid, Field: "certificate", Text: f.Text}
		}
	}
	return nil
}

// turnedAway is r without the certificate that was held. An issuer that answers by
// itself would answer the same again, so the request ends.
func turnedAway(r Request, by Person, now time.Time) Request {
	if r.Held.By == Robot {
		r.State, r.EndedBy, r.Trouble = Failed, by, Trouble{Text: certs.T("workflows.trouble.turned_away"), Since: now}
	}
	r.Held, r.Updated = nil, now
	return r
}
