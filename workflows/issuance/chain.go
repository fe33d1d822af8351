package issuance

import (
	"bytes"
	"context"
	"crypto/x509"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// GiveChain takes CA certificates that came without a certificate, for requests whose
// certificate is held because it came without them. It is matched by what the held
// certificate was signed with. NotFound: none of by's waits for these.
func (s *Service) GiveChain(ctx context.Context, receipt workflows.Receipt, by workflows.Person, cas []*x509.Certificate) (workflows.Request, error) {
	var after workflows.Request
	none := workflows.Refuse(workflows.NotFound, "workflows.refuse.no_request_for_chain")
	err := s.Update(ctx, receipt, by, "chain", "", s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		var all workflows.Change
		take := func(r workflows.Request) (bool, error) {
			chain := s.missingChain(r, by, cas)
			if chain == nil {
				return true, nil
			}
			old, err := replaced(ctx, rd, r)
			if err != nil {
				return false, err
			}
			next, no := withReturned(r, workflows.Certificate{Leaf: r.Mismatch.Leaf, Chain: chain}, old, by, now)
			if no != nil {
				return false, no
			}
			after = next
			c := s.returned(next, by, now)
			all.Requests, all.Effects, all.Audit = append(all.Requests, c.Requests...), append(all.Effects, c.Effects...), append(all.Audit, c.Audit...)
			return true, nil
		}
		lacking := workflows.RequestQuery{Team: s.Team, Awaits: []workflows.Await{workflows.AwaitChain}}
		mine, theirs := lacking, lacking
		mine.Requester, mine.States = by, []workflows.State{workflows.Issuing}
		theirs.NotBy, theirs.Policies = by, s.PoliciesOf(by)
		if err := workflows.Every(ctx, rd, mine, take); err != nil {
			return workflows.Change{}, err
		}
		if len(theirs.Policies) > 0 {
			if err := workflows.Every(ctx, rd, theirs, take); err != nil {
				return workflows.Change{}, err
			}
		}
		if len(all.Requests) == 0 {
			return workflows.Change{}, none
		}
		return all, nil
	})
	return after, err
}

// missingChain gives the chain that cas make for the certificate held on r, or nil when
// r does not wait for them, or not for by.
func (s *Service) missingChain(r workflows.Request, by workflows.Person, cas []*x509.Certificate) [][]byte {
	if r.Mismatch == nil || !r.Mismatch.LeafOnly() || s.mayIssue(r, anybody) != nil {
		return nil
	}
	_, members := s.PolicyOf(r)
	if by != r.Requester && workflows.MayDecide(r, by, members) != nil {
		return nil
	}
	leaf, err := x509.ParseCertificate(r.Mismatch.Leaf)
	if err != nil {
		return nil
	}
	return ChainOver(leaf, cas)
}

// ChainOver orders CA certificates from the issuer of leaf up, by signature; what does
// not connect is left out.
func ChainOver(leaf *x509.Certificate, cas []*x509.Certificate) [][]byte {
	var chain [][]byte
	rest := slices.DeleteFunc(slices.Clone(cas), func(c *x509.Certificate) bool {
		return certs.KeyOf(c.PublicKey).Size > 16384 // takes long to compute with
	})
	for at := leaf; ; {
		next := slices.IndexFunc(rest, func(c *x509.Certificate) bool {
			return bytes.Equal(at.RawIssuer, c.RawSubject) && at.CheckSignatureFrom(c) == nil
		})
		if next < 0 {
			return chain
		}
		at = rest[next]
		chain = append(chain, at.Raw)
		rest = slices.Delete(rest, next, next+1)
	}
}
