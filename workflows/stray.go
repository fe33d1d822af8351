package workflows

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"countersign/certs"
)

// Stray is a certificate that was made for a request and that nobody gets: an approver
// turned it away, it is another one than anybody may accept, or a better one came. It is
// valid in the world all the same, until its CA has revoked it.
type Stray struct {
	Leaf []byte `json:"leaf"` // DER
	Revocation
	Waits certs.Text `json:"waits,omitzero"` // why its CA could not be asked yet
}

// The reasons that strays are revoked with. RFC 5280 5.3.1 names them, X.509 says what
// they mean: one that nothing has replaced is no longer needed for what it was issued
// for (cessationOfOperation); one that a better one has replaced is superseded. Both say
// that nobody suspects the key. CAs accept both from subscribers (RFC 8555 7.6 lets an
// ACME CA refuse others).
const (
	strayUnneeded = "cessationOfOperation"
	strayReplaced = "superseded"
)

// maxStrays bounds what a request remembers of them. All are in the audit record.
const maxStrays = 20

// longBackdate is more than CAs that answer by themselves make certificates valid before
// they are made: minutes, an hour with Let's Encrypt.
const longBackdate = 2 * time.Hour

// SHA256 names it, hex.
func (s Stray) SHA256() string {
	sum := sha256.Sum256(s.Leaf)
	return hex.EncodeToString(sum[:])
}

// Serial is its serial number as CAs write it, hex.
func (s Stray) Serial() string { return serialOf(s.Leaf) }

// Replaced reports that a better certificate came in its place.
func (s Stray) Replaced() bool { return s.Reason == strayReplaced }

// Open reports that it still has to be revoked.
func (s Stray) Open() bool { return s.Done.IsZero() }

// strayAt finds one by its SHA-256, or gives -1.
func (r Request) strayAt(sum string) int {
	return slices.IndexFunc(r.Strays, func(s Stray) bool { return s.SHA256() == sum })
}

// withStray gives r with one stray changed, and its other ones shared.
func (r Request) withStray(i int, change func(*Stray)) Request {
	r.Strays = append([]Stray(nil), r.Strays...)
	change(&r.Strays[i])
	return r
}

// castOff puts a certificate among the strays of r. by turned it away; Robot: the rules
// did. What r's issuer returned by itself for r it is asked to revoke, after the commit;
// for the rest the words on the card ask people to.
func (s *Service) castOff(ctx context.Context, rd Reader, r Request, leaf []byte, by Person, reason string, returned bool, now time.Time) (Request, Change, error) {
	if serialOf(leaf) == "" || r.strayAt(Stray{Leaf: leaf}.SHA256()) >= 0 {
		return r, Change{}, nil // nothing that could be revoked, or known
	}
	stray := Stray{Leaf: leaf, Revocation: Revocation{By: by, Reason: reason, At: now}}
	_, able := s.Issuers[r.Issuer].(Revoker)
	if able && returned {
		ours, err := madeFor(ctx, rd, r, leaf)
		if err != nil {
			return r, Change{}, err
		}
		if stray.Manual = !ours; !ours {
			stray.Why = certs.T("workflows.trouble.stray_not_ours")
		}
	} else {
		stray.Manual = true
	}
	r.Strays = append(append([]Stray(nil), r.Strays...), stray)
	r.Strays = r.Strays[max(0, len(r.Strays)-maxStrays):]
	c := Change{Audit: []Audit{{At: now, Actor: by, Verb: "stray", Subject: string(r.ID),
		Detail: detail("serial", stray.Serial(), "sha256", stray.SHA256(), "reason", reason)}}}
	if !stray.Manual {
		sum := stray.SHA256()
		// A queue of its own: neither the end of the key nor this waits for the other.
		c.Effects = []Effect{effect(Work, string(r.ID)+"/stray/"+sum, KindStray, fmt.Sprintf("%s/stray/%s", r.ID, sum), Body{Request: r.ID, Event: sum})}
	}
	return r, c, nil
}

// madeFor asks whether leaf was surely made for r, so that revoking it takes nothing from
// anybody: a CA that answers with somebody else's certificate, or with the one that is
// in use, must not cost them theirs.
func madeFor(ctx context.Context, rd Reader, r Request, leaf []byte) (bool, error) {
	cert, err := x509.ParseCertificate(leaf)
	if err != nil || cert.NotBefore.Before(r.Created.Add(-longBackdate)) || bytes.Equal(leaf, r.Cert) {
		return false, nil //nolint:nilerr // what cannot be read is not ours
	}
	old, err := replaced(ctx, rd, r)
	if err != nil || bytes.Equal(leaf, old) {
		return false, err
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	spki := hex.EncodeToString(sum[:])
	if spki == r.SPKI {
		return true, nil
	}
	_, err = rd.RequestBySPKI(ctx, spki)
	if CodeOf(err) == NotFound {
		return true, nil
	}
	return false, err
}

// refused is what follows when an issuer answered by itself with what nobody may accept.
func (s *Service) refused(ctx context.Context, rd Reader, r Request, leaf []byte, why *Error, now time.Time) (Change, error) {
	if bytes.Equal(leaf, r.Cert) {
		return Change{}, nil
	}
	next, c, err := s.castOff(ctx, rd, r, leaf, Robot, strayUnneeded, true, now)
	if err != nil {
		return Change{}, err
	}
	next.Updated = now
	if to, legal := r.State.Next(VerbFail); legal {
		next.State, next.Trouble = to, Trouble{Text: why.Text, Since: now}
		c.Effects = append(c.Effects, tell(next, "failed"), work(next, KindDestroy))
		c.Audit = append(c.Audit, Audit{At: now, Actor: Robot, Verb: "fail", Subject: string(r.ID), Detail: detail("why", why.Text.Key)})
	}
	c.Requests, c.Effects = []Request{next}, append(c.Effects, redraw(next))
	return c, nil
}

// revokeStray has the issuer revoke what nobody gets.
func (s *Service) revokeStray(ctx context.Context, e Effect, body Body) error {
	r, err := s.read(ctx, body.Request)
	if err != nil {
		return err
	}
	i := r.strayAt(body.Event)
	if i < 0 || r.Strays[i].Manual || !r.Strays[i].Open() {
		return s.finish(ctx, e, r.ID, func(Request, time.Time) (Change, error) { return Change{}, nil })
	}
	issuer, ok := s.Issuers[r.Issuer].(Revoker)
	if !ok {
		return Refuse(NotFound, "workflows.trouble.no_issuer", "Issuer", r.Issuer)
	}
	if err := issuer.Revoke(ctx, r.Strays[i].Leaf, reasonCodes[r.Strays[i].Reason]); err != nil {
		return err
	}
	return s.onStray(ctx, e, body, func(r Request, now time.Time) (Request, Change) { return strayDone(r, body.Event, Robot, now) }, true)
}

// strayDone is r after one of its strays was revoked.
func strayDone(r Request, sum string, by Person, now time.Time) (Request, Change) {
	i := r.strayAt(sum)
	if i < 0 || !r.Strays[i].Open() {
		return r, Change{}
	}
	r = r.withStray(i, func(s *Stray) { s.DoneBy, s.Done, s.Waits = by, now, certs.Text{} })
	return r, Change{Audit: []Audit{{Verb: "stray.revoked", Detail: detail("serial", r.Strays[i].Serial(), "reason", r.Strays[i].Reason)}}}
}

// strayWaits shows why a CA cannot be asked yet. The same reason is shown once.
func (s *Service) strayWaits(ctx context.Context, e Effect, body Body, why certs.Text) error {
	return s.onStray(ctx, e, body, func(r Request, _ time.Time) (Request, Change) {
		i := r.strayAt(body.Event)
		if i < 0 || r.Strays[i].Waits.Key == why.Key {
			return r, Change{}
		}
		return r.withStray(i, func(s *Stray) { s.Waits = why }), Change{Audit: []Audit{{Verb: "stray.waits", Detail: detail("why", why.Key)}}}
	}, false)
}

// strayByHand ends the attempt to have the issuer do it: a person must, and the
// operators are told.
func (s *Service) strayByHand(ctx context.Context, e Effect, body Body, why certs.Text) error {
	return s.onStray(ctx, e, body, func(r Request, _ time.Time) (Request, Change) {
		i := r.strayAt(body.Event)
		if i < 0 || r.Strays[i].Manual || !r.Strays[i].Open() {
			return r, Change{}
		}
		next := r.withStray(i, func(s *Stray) { s.Manual, s.Why, s.Waits = true, why, certs.Text{} })
		body.Text = &why
		return next, Change{Effects: s.dead(e, body, why.Key).Effects, Audit: []Audit{{Verb: "stray.manual", Detail: detail("why", why.Key)}}}
	}, true)
}

// onStray commits what became of a stray; with last the effect has ended.
func (s *Service) onStray(ctx context.Context, e Effect, body Body, step func(Request, time.Time) (Request, Change), last bool) error {
	return s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		r, err := rd.Request(ctx, body.Request)
		if err != nil {
			return Change{}, err
		}
		next, c := step(r, s.Now())
		if len(c.Audit) > 0 {
			c = complete(next, c, Robot, "", s.Now())
		}
		if last {
			c.Done = []int64{e.ID}
		}
		return c, nil
	})
}

// StrayRevoked records that a person has seen a stray revoked at its CA. Whoever may
// have certificates of the policy revoked may confirm it.
func (s *Service) StrayRevoked(ctx context.Context, receipt Receipt, by Person, id RequestID, sum string) (Request, error) {
	return s.step(ctx, receipt, by, "stray.confirm", id, func(r Request, now time.Time) (Request, Change, *Error) {
		_, members := s.policyOf(r)
		i := r.strayAt(sum)
		switch {
		case !slices.Contains(members, by):
			return r, Change{}, Refuse(Forbidden, "workflows.refuse.not_revoker", "Request", string(id))
		case i < 0 || !r.Strays[i].owed():
			return r, Change{}, Refuse(Conflict, "workflows.refuse.stray_settled", "Request", string(id))
		}
		next, c := strayDone(r, sum, by, now)
		return next, c, nil
	})
}

// serialOf is the serial number of a certificate (DER) as CAs write it, hex; "" when it
// cannot be read.
func serialOf(leaf []byte) string {
	c, err := x509.ParseCertificate(leaf)
	if err != nil {
		return ""
	}
	return c.SerialNumber.Text(16)
}
