package hashicorp

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
	"countersign/vault"
)

// Issue has csr signed with the names and days of spec, by a role whose usages and
// subject are those of spec. Asked again with the same key, spec and csr it gives the
// same certificate, also after a crash: what is asked for is recorded in KV before
// and the answer after; without an answer the certificate is looked for by its public
// key before another is signed. It is never pending.
func (p *PKI) Issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, bool, error) {
	issued, err := p.issue(ctx, key, spec, csr)
	if err != nil {
		return certs.Issued{}, false, fmt.Errorf("issue: %w", err)
	}
	return issued, false, nil
}

func (p *PKI) issue(ctx context.Context, key string, spec certs.Spec, csr []byte) (certs.Issued, error) {
	if key == "" || len(key) > 1000 {
		return certs.Issued{}, errors.New("no key to issue under")
	}
	request, err := vault.CheckRequest(spec, csr)
	if err != nil {
		return certs.Issued{}, err
	}
	asked, _, err := vault.Asked(spec, csr)
	if err != nil {
		return certs.Issued{}, err
	}
	role, body, err := p.body(ctx, spec, csr)
	if err != nil {
		return certs.Issued{}, err
	}
	e := entry{path: recordOf(key), asked: asked}
	mine, err := p.begin(ctx, &e)
	if err != nil {
		return certs.Issued{}, err
	}
	if e.chain == "" && !mine {
		if err := p.recover(ctx, &e, request.RawSubjectPublicKeyInfo); err != nil {
			return certs.Issued{}, err
		}
	}
	if e.chain != "" {
		return vault.ParseChain(e.chain)
	}
	chain, err := p.sign(ctx, role, spec, body)
	if err != nil {
		if !unsure(err) {
			p.abandon(ctx, e)
		}
		return certs.Issued{}, err
	}
	if err := p.finish(ctx, &e, chain); err != nil {
		return certs.Issued{}, err
	}
	return vault.ParseChain(e.chain)
}

// body is the request to sign/:role, and that role, after it has been found to fit.
func (p *PKI) body(ctx context.Context, spec certs.Spec, csr []byte) (name string, body map[string]any, err error) {
	if spec.IsCA {
		return "", nil, vault.Refuse(nil, "vault.role.ca")
	}
	name, role, err := p.roleFor(ctx, spec)
	if err != nil {
		return "", nil, err
	}
	if err := role.refuses(name, spec); err != nil {
		return "", nil, err
	}
	lists := map[certs.NameType][]string{}
	for _, n := range spec.Names {
		if strings.Contains(n.Value, ",") {
			return "", nil, vault.Refuse(nil, "vault.name.other", "Name", n.Value)
		}
		switch n.Type {
		case certs.DNS, certs.Email:
			lists[certs.DNS] = append(lists[certs.DNS], n.Value)
		case certs.IP, certs.URI:
			lists[n.Type] = append(lists[n.Type], n.Value)
		default: // an SRVName is an IA5String (RFC 4985); other_sans makes UTF8Strings only
			return "", nil, vault.Refuse(nil, "vault.name.other", "Name", n.Value)
		}
	}
	// notBefore lies in the past and notAfter counts itself (RFC 5280 4.1.2.5): together no more
	// than the days approved.
	ttl := time.Duration(spec.Days)*24*time.Hour - role.Backdate - time.Second
	return name, map[string]any{
		"csr":                  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr})),
		"common_name":          spec.CommonName,
		"alt_names":            strings.Join(lists[certs.DNS], ","),
		"ip_sans":              strings.Join(lists[certs.IP], ","),
		"uri_sans":             strings.Join(lists[certs.URI], ","),
		"exclude_cn_from_sans": true, // it is in the names when it is to be
		"ttl":                  strconv.Itoa(int(ttl.Seconds())) + "s",
		"format":               "pem",
	}, nil
}

var pastCA = regexp.MustCompile(`beyond the expiration of the CA certificate at (\d{4}-\d\d-\d\d)`)

// sign asks once and gives the chain in PEM, leaf first.
func (p *PKI) sign(ctx context.Context, role string, spec certs.Spec, body map[string]any) (string, error) {
	answer, err := p.Signer.call(ctx, write(p.at("sign", role), body))
	if code, says := rejected(err); code == http.StatusBadRequest {
		if m := pastCA.FindStringSubmatch(says); m != nil {
			// Somebody renews the CA, and the approved request goes on.
			return "", vault.Wait(err, "vault.ca.renew", "End", m[1], "Days", strconv.Itoa(spec.Days))
		}
		if strings.Contains(says, "unknown role") {
			return "", vault.Wait(err, "vault.role.missing", "Role", role)
		}
		return "", vault.Refuse(err, "vault.role.refuses", "Role", role, "Reason", says)
	}
	if err != nil {
		return "", err
	}
	return answerChain(answer), nil
}

// unsure reports that a call may have had its effect although it failed.
func unsure(err error) bool {
	if said, ok := errors.AsType[*rejection](err); ok {
		return said.status >= 500 && said.status != http.StatusServiceUnavailable
	}
	dial, ok := errors.AsType[*net.OpError](err)
	return !ok || dial.Op != "dial"
}
