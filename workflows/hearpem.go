package workflows

import (
	"context"
	"crypto/x509"
	"fmt"

	"countersign/certs"
	"countersign/certs/check"
)

// hearPEM takes requests and certificates out of a message or file. A CSR goes to the
// request that waits for one; a certificate finds its request by public key; what
// belongs to no request is inspected. done is false when there is none in the text.
func (s *Service) hearPEM(ctx context.Context, in Heard) (done bool, err error) {
	m, _ := check.Read("message", []byte(in.Text), check.ReadOptions{})
	if len(m.Of(check.Request))+len(m.Of(check.Certificate)) == 0 {
		return false, nil
	}
	got := &attached{material: m}
	got.pair()
	return true, s.hearMaterial(ctx, in, got)
}

// hearMaterial takes certificates and requests without a log around them.
func (s *Service) hearMaterial(ctx context.Context, in Heard, got *attached) error {
	csrs, found := got.material.Of(check.Request), got.material.Of(check.Certificate)
	if len(csrs) > 0 && len(found) == 0 && !got.material.HasPrivateKey() {
		_, err := s.GiveCSR(ctx, in.Receipt, in.By, "", csrs[0].DER)
		if CodeOf(err) != NotFound {
			return err
		}
		return s.startFromCSR(ctx, in, csrs)
	}
	if cas := onlyCAs(found); len(csrs) == 0 && len(cas) > 0 {
		_, err := s.GiveChain(ctx, in.Receipt, in.By, cas)
		if CodeOf(err) != NotFound {
			return err
		}
	}
	if len(csrs) == 0 {
		if leaf, ok := leafFirst(found); ok {
			_, err := s.GiveCertificate(ctx, in.Receipt, in.By, leaf)
			if CodeOf(err) != NotFound {
				return err
			}
		}
	}
	pasted := Pasted{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Text: in.Text}
	if s.broken(ctx, got, s.newCase(pasted, got, s.Now())) {
		_, err := s.diagnose(ctx, pasted, got)
		return err
	}
	return s.openInspection(ctx, pasted, got)
}

// startFromCSR begins a request for CSRs that a box made: its names are the answers,
// the person says what it is for.
func (s *Service) startFromCSR(ctx context.Context, in Heard, csrs []*check.Item) error {
	start := Started{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang, Answers: Answers{"csr": {DeviceCSR}}}
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
	_, err := s.Start(ctx, start)
	return err
}

// leafFirst takes the one certificate that is no CA as the leaf and the others as its
// chain, in whatever order they came.
func leafFirst(items []*check.Item) (Certificate, bool) {
	var got Certificate
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
	got.Chain = chainOver(leaf, rest)
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
