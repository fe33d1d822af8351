package workflows

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage/keys"
)

// makeCSR has the request's custody make key and CSR, and puts the request before
// its approvers.
func (s *Service) makeCSR(ctx context.Context, e Effect, id RequestID) error {
	r, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	if r.State.Ended() || len(r.CSR) > 0 {
		return s.finish(ctx, e, id, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	custody, ok := s.Custodies[r.Custody]
	if !ok {
		return Refuse(NotFound, "workflows.trouble.no_custody", "Custody", r.Custody)
	}
	name := keyName(r)
	der, err := custody.CreateCSR(ctx, name, r.Spec)
	if err != nil {
		return err
	}
	return s.finish(ctx, e, id, func(r Request, now time.Time) (Change, error) {
		if r.State.Ended() { // meanwhile; the key goes with the effect that its end has queued
			return Change{}, nil
		}
		next, no := withCSR(r, der)
		if no != nil {
			return Change{}, no
		}
		next.KeyName, next.Updated = name, now
		return Change{Requests: []Request{next}, Effects: []Effect{redraw(next), tell(next, "submitted")},
			Audit: []Audit{{At: now, Actor: Robot, Verb: "csr", Subject: string(id), Detail: detail("custody", r.Custody, "key", name, "spki", next.SPKI)}}}, nil
	})
}

// keyName names a request's key in its custody: readable, and never used twice.
func keyName(r Request) string {
	return strings.ToLower(string(r.ID)) + "-" + strings.TrimPrefix(strings.ToLower(r.Batch), "b-")
}

// withCSR puts a CSR on a request that has none, if it asks for what was planned.
func withCSR(r Request, der []byte) (Request, *Error) {
	to, legal := r.State.Next(VerbCSR)
	if !legal || len(r.CSR) > 0 {
		return r, tooLate(r)
	}
	// What the box may leave out (CUCM's parent domain) is approved as it stands in the CSR.
	adopted, err := certs.Adopt(r.Spec, der)
	if err != nil {
		return r, &Error{Code: Invalid, Field: "csr", Text: certs.T("workflows.problem.csr_unreadable"), Err: err}
	}
	r.Spec = adopted
	for _, f := range certs.CheckCSR(r.Spec, der) {
		if f.Severity == certs.Error {
			return r, &Error{Code: Invalid, Field: "csr", Text: f.Text}
		}
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return r, &Error{Code: Invalid, Field: "csr", Text: certs.T("workflows.problem.csr_unreadable")}
	}
	sum := sha256.Sum256(csr.RawSubjectPublicKeyInfo)
	r.State, r.CSR, r.SPKI, r.Trouble = to, der, hex.EncodeToString(sum[:]), Trouble{}
	return r, nil
}

// MayKeepCSR says whether a CSR that a person gave may be stored: nothing in it is a private
// key, and its public key is that of no other request (neither in the store nor in beside),
// for by that key its certificate is found.
func (s *Service) MayKeepCSR(ctx context.Context, rd Reader, der []byte, beside ...Request) error {
	csr, err := certs.ReadPKCS10(der)
	if err != nil {
		return &Error{Code: Invalid, Field: "csr", Text: certs.T("workflows.problem.csr_unreadable"), Err: err}
	}
	var words []string
	for _, a := range csr.Subject {
		words = append(words, a.Value)
	}
	for _, n := range csr.Names {
		words = append(words, n.Value)
	}
	if keys.In(der) || holdsKey(append(words, strings.Join(words, "\n"))...) {
		return &Error{Code: Invalid, Field: "csr", Text: certs.T("workflows.problem.private_key_in_csr")}
	}
	sum := sha256.Sum256(csr.SPKI)
	spki := hex.EncodeToString(sum[:])
	other, err := rd.RequestBySPKI(ctx, spki)
	if i := slices.IndexFunc(beside, func(r Request) bool { return r.SPKI == spki }); i >= 0 {
		other, err = beside[i], nil
	}
	switch {
	case CodeOf(err) == NotFound:
		return nil
	case err != nil:
		return err
	case other.State.Ended() && len(other.Cert) == 0: // so have all others of that key
		return nil
	}
	return &Error{Code: Conflict, Field: "csr", Text: certs.T("workflows.refuse.key_of_another", "Request", string(other.ID))}
}

// GiveCSR takes a CSR that a box made itself, for a request that waits for one.
// With no request named, the one is taken whose plan the CSR fits.
func (s *Service) GiveCSR(ctx context.Context, receipt Receipt, by Person, id RequestID, der []byte) (Request, error) {
	var after Request
	err := s.update(ctx, receipt, by, "csr", string(id), s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		if err := s.MayKeepCSR(ctx, rd, der); err != nil { // before what does not fit is quoted
			return Change{}, err
		}
		var change Change
		first := Refuse(NotFound, "workflows.refuse.no_request_for_csr")
		mine := RequestQuery{Team: s.Team, Requester: by, States: []State{Submitted}, Awaits: []Await{AwaitCSR}}
		err := every(ctx, rd, mine, func(r Request) (bool, error) {
			if id != "" && r.ID != id {
				return true, nil
			}
			next, no := withCSR(r, der)
			if no != nil {
				first = no
				return true, nil
			}
			next.Updated, after, first = now, next, nil
			change = Change{Requests: []Request{next}, Effects: []Effect{redraw(next), tell(next, "submitted")},
				Audit: []Audit{{At: now, Actor: by, Verb: "csr", Subject: string(next.ID), Detail: detail("custody", next.Custody, "spki", next.SPKI)}}}
			return false, nil
		})
		if err == nil && first != nil {
			return Change{}, first
		}
		return change, err
	})
	return after, err
}

// mayDestroy says whether the key of r is of no more use: it ended without a
// certificate, or its certificate did and the policy, as it is now, lets its key go.
func (s *Service) mayDestroy(r Request) bool {
	if len(r.Cert) == 0 {
		return r.State.Ended()
	}
	policy, _ := s.policyOf(r)
	return (r.State == Superseded || r.State == Revoked) && policy.DestroyAfter > 0 && r.KeyName != ""
}

// ended queues what follows when a certificate has ended: hand-overs of its key that
// are still open are taken back, and the key goes when the policy says so.
func (s *Service) ended(r Request, now time.Time) []Effect {
	effects := takeAllBack(r, now)
	if policy, _ := s.policyOf(r); policy.DestroyAfter > 0 && r.KeyName != "" {
		effects = append(effects, aside(r, KindDestroy, now.Add(policy.DestroyAfter)))
	}
	return effects
}

// destroy removes a key that is of no more use, also one that was made and never
// recorded.
func (s *Service) destroy(ctx context.Context, e Effect, id RequestID) error {
	r, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	custody, ok := s.Custodies[r.Custody]
	if !ok || !s.mayDestroy(r) {
		return s.finish(ctx, e, id, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	name := r.KeyName
	if name == "" {
		name = keyName(r)
	}
	if err := custody.Destroy(ctx, name); err != nil {
		return err
	}
	return s.finish(ctx, e, id, func(r Request, now time.Time) (Change, error) {
		return Change{Audit: []Audit{{At: now, Actor: Robot, Verb: "key.destroy", Subject: string(id), Detail: detail("key", name)}}}, nil
	})
}
