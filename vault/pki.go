package vault

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"

	"countersign/certs"
)

// PKI has certificates signed by Vault's PKI engine through sign/:role, which checks
// them against a role; sign-verbatim and sign-intermediate are never used. It is safe
// for concurrent use, also by several processes.
type PKI struct {
	Signer  *Session          // may sign, read roles and certificates, and write its records in KV
	Revoker *Session          // may revoke; nil: Revoke refuses
	Mount   string            // empty: countersign-pki
	KV      string            // mount, KV v2; empty: countersign-kv
	Roles   map[string]string // by profile id; otherwise RoleFor. For Check also those of RoleFor, under their own names
	Longest int               // days that certificates will be asked for at most, for Check; 0: not known

	mu    sync.Mutex
	known map[string]Role
}

// settle is how long a signature that was asked for without an answer may still come
// into being: Vault's own longest request (max_request_duration, 90 s) and a little.
const settle = 95 * time.Second

func (p *PKI) path(parts ...string) (string, error) {
	m, err := mount(p.Mount, "countersign-pki")
	return m + "/" + strings.Join(parts, "/"), err
}

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
	request, err := CheckRequest(spec, csr)
	if err != nil {
		return certs.Issued{}, err
	}
	_, like, err := Template(spec)
	if err != nil {
		return certs.Issued{}, err
	}
	asked, err := Asked(like, spec.Days, csr)
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
		return parseChain(e.chain)
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
	return parseChain(e.chain)
}

// body is the request to sign/:role, and that role, after it has been found to fit.
func (p *PKI) body(ctx context.Context, spec certs.Spec, csr []byte) (name string, body map[string]any, err error) {
	if spec.IsCA {
		return "", nil, Refuse(nil, "vault.role.ca")
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
			return "", nil, Refuse(nil, "vault.name.other", "Name", n.Value)
		}
		switch n.Type {
		case certs.DNS, certs.Email:
			lists[certs.DNS] = append(lists[certs.DNS], n.Value)
		case certs.IP, certs.URI:
			lists[n.Type] = append(lists[n.Type], n.Value)
		default: // an SRVName is an IA5String (RFC 4985); other_sans makes UTF8Strings only
			return "", nil, Refuse(nil, "vault.name.other", "Name", n.Value)
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
	path, err := p.path("sign", role)
	if err != nil {
		return "", err
	}
	answer, err := p.Signer.call(ctx, write(path, body))
	if code, says := rejected(err); code == http.StatusBadRequest {
		if m := pastCA.FindStringSubmatch(says); m != nil {
			// Somebody renews the CA, and the approved request goes on.
			return "", Wait(err, "vault.ca.renew", "End", m[1], "Days", strconv.Itoa(spec.Days))
		}
		if strings.Contains(says, "unknown role") {
			return "", Wait(err, "vault.role.missing", "Role", role)
		}
		return "", Refuse(err, "vault.role.refuses", "Role", role, "Reason", says)
	}
	if err != nil {
		return "", err
	}
	return answerChain(answer), nil
}

// answerChain is the leaf and the CAs above it, each once.
func answerChain(answer *api.Secret) string {
	all := []string{text(answer, "certificate")}
	above := texts(answer.Data["ca_chain"])
	if len(above) == 0 {
		above = []string{text(answer, "issuing_ca")}
	}
	for _, c := range above {
		if c = strings.TrimSpace(c); c != "" {
			all = append(all, c)
		}
	}
	return strings.Join(all, "\n") + "\n"
}

func parseChain(text string) (certs.Issued, error) {
	var all [][]byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			return certs.Issued{}, errors.New("vault gave something else than certificates")
		}
		all = append(all, block.Bytes)
	}
	if len(all) == 0 {
		return certs.Issued{}, errors.New("vault gave no certificate")
	}
	return certs.Issued{Leaf: all[0], Chain: all[1:]}, nil
}

// notItsOwn is Vault's word, with status 500, on a certificate of another CA, or of one
// that was its own and was removed (1.21.0).
const notItsOwn = "unable to verify signature on presented cert"

// Revoke has a certificate revoked. Vault keeps no reason: it stays in the caller's
// audit. One that is revoked already is no error.
func (p *PKI) Revoke(ctx context.Context, leaf []byte, _ int) error {
	if p.Revoker == nil {
		return Refuse(nil, "vault.revoke.none")
	}
	if _, err := x509.ParseCertificate(leaf); err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	path, err := p.path("revoke")
	if err != nil {
		return err
	}
	// By certificate and not by serial number: then Vault checks that it is its own.
	_, err = p.Revoker.call(ctx, write(path, map[string]any{"certificate": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf}))}))
	var no *rejection
	if code, _ := rejected(err); errors.As(err, &no) && (code != 0 || strings.Contains(no.says, notItsOwn)) {
		return Refuse(err, "vault.revoke.refused", "Reason", no.says) // the same would be said again
	}
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	return nil
}
