package inbox

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/support"
)

// receivePEM takes requests and certificates out of a message or file. A CSR goes to the
// request that waits for one; a certificate finds its request by public key; what
// belongs to no request is inspected. done is false when there is none in the text.
func (s *Service) receivePEM(ctx context.Context, in workflows.Message) (done bool, err error) {
	m, _ := check.Read("message", []byte(in.Text), check.ReadOptions{})
	if len(m.Of(check.Request))+len(m.Of(check.Certificate)) == 0 {
		return false, nil
	}
	got := &support.Attached{Material: m}
	got.Pair()
	return true, s.receiveMaterial(ctx, in, got)
}

// issuedHere is the request whose certificate this is; "" where it is none's.
func (s *Service) issuedHere(ctx context.Context, leaf workflows.Certificate) (workflows.RequestID, error) {
	c, err := x509.ParseCertificate(leaf.Leaf)
	if err != nil {
		return "", nil //nolint:nilerr // whoever takes it says so
	}
	r, err := workflows.Read(ctx, s.Store, func(rd workflows.Reader) (workflows.Request, error) {
		return rd.RequestBySPKI(ctx, workflows.Fingerprint(c.RawSubjectPublicKeyInfo))
	})
	switch {
	case workflows.CodeOf(err) == workflows.NotFound:
		return "", nil
	case err == nil && bytes.Equal(r.Cert, leaf.Leaf):
		return r.ID, nil
	}
	return "", err
}

// inspectOurs looks at a certificate that was issued here as at any other, whoever has it,
// and says whose it is and what comes next for it.
func (s *Service) inspectOurs(ctx context.Context, in workflows.Message, got *support.Attached, id workflows.RequestID) error {
	err := s.Support.OpenInspection(ctx, support.Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text, Link: in.Link}, got)
	if ignoreSeen(err) != nil {
		return err
	}
	in.Receipt += "/ours"
	return ignoreSeen(s.replyWith(ctx, in, workflows.SayOurs, string(id)))
}

// receiveMaterial takes certificates and requests without a log around them.
func (s *Service) receiveMaterial(ctx context.Context, in workflows.Message, got *support.Attached) error {
	csrs, found := got.Material.Of(check.Request), got.Material.Of(check.Certificate)
	if len(csrs) > 0 && len(found) == 0 && !got.Material.HasPrivateKey() {
		_, err := s.Issuance.GiveCSR(ctx, in.Receipt, in.By, "", csrs[0].DER)
		if workflows.CodeOf(err) != workflows.NotFound {
			return err
		}
		return s.startFromCSR(ctx, in, csrs)
	}
	if cas := onlyCAs(found); len(csrs) == 0 && len(cas) > 0 {
		_, err := s.Issuance.GiveChain(ctx, in.Receipt, in.By, cas)
		if workflows.CodeOf(err) != workflows.NotFound {
			return err
		}
	}
	if len(csrs) == 0 {
		if leaf, ok := leafFirst(found); ok {
			ours, err := s.issuedHere(ctx, leaf)
			if err != nil {
				return err
			}
			if ours != "" {
				return s.inspectOurs(ctx, in, got, ours)
			}
			_, err = s.Issuance.GiveCertificate(ctx, in.Receipt, in.By, leaf)
			if workflows.CodeOf(err) != workflows.NotFound {
				return err
			}
		}
	}
	pasted := support.Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text, Link: in.Link}
	if s.Support.Broken(ctx, pasted, got) {
		_, err := s.Support.OpenCase(ctx, pasted, got)
		return err
	}
	return s.Support.OpenInspection(ctx, pasted, got)
}

// startFromCSR begins a request for CSRs that a box made: its names are the answers,
// the person says what it is for.
func (s *Service) startFromCSR(ctx context.Context, in workflows.Message, csrs []*check.Item) error {
	start := intake.Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Answers: workflows.Answers{"csr": {intake.DeviceCSR}}, From: workflows.Origin{Kind: workflows.FromCSR}}
	for _, it := range csrs {
		f := check.Inspect(it, s.Now())
		start.CSRs = append(start.CSRs, it.DER)
		if k := certs.KeyOf(it.Public); k.Size > 0 {
			start.Answers["key"] = []string{fmt.Sprintf("%s-%d", k.Type, k.Size)}
		}
		if f.CommonName != "" {
			start.Answers["nodes"] = append(start.Answers["nodes"], f.CommonName)
		}
		for _, n := range f.Names {
			if n.Value != f.CommonName && len(csrs) == 1 {
				start.Answers["names"] = append(start.Answers["names"], n.Value)
			}
		}
	}
	_, err := s.Intake.Start(ctx, start)
	return err
}

// leafFirst takes the one certificate that is no CA as the leaf and the others as its
// chain, in whatever order they came.
func leafFirst(items []*check.Item) (workflows.Certificate, bool) {
	var got workflows.Certificate
	var rest []*x509.Certificate
	for _, it := range items {
		switch {
		case it.Cert == nil:
			return got, false
		case it.Cert.IsCA && len(items) > 1:
			rest = append(rest, it.Cert)
		case got.Leaf != nil:
			return got, false
		default:
			got.Leaf = it.DER
		}
	}
	if got.Leaf == nil {
		return got, false
	}
	leaf, err := x509.ParseCertificate(got.Leaf)
	if err != nil {
		return got, false
	}
	got.Chain = issuance.ChainOver(leaf, rest)
	return got, true
}

// onlyCAs gives the certificates when there is no other than of CAs among them.
func onlyCAs(items []*check.Item) []*x509.Certificate {
	var cas []*x509.Certificate
	for _, it := range items {
		if it.Cert == nil || !it.Cert.IsCA {
			return nil
		}
		cas = append(cas, it.Cert)
	}
	return cas
}
