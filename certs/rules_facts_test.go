package certs

import (
	"slices"
	"strings"
	"testing"
)

// TestProfileFacts has a row for every rule of the documents that a profile says
// without it being a finding of plans.
func TestProfileFacts(t *testing.T) {
	c := load(t)
	for _, r := range []struct{ rule, source, profile string }{
		{"expressway/temporary-certificate", "S000", "expressway-e/server"},
		{"expressway/csr-discarded", "S002", "expressway-c/server"},
		{"expressway/same-subject-ca", "S000", "expressway-c/server"},
		{"expressway/ca-before-upload", "S001", "expressway-e/server"},
		{"expressway/windows-template", "EWY-ADCS", "expressway-c/server"},
		{"expressway/key-8192", "EWY-143-TS", "expressway-e/server"},
		{"expressway/undecoded-oid", "EWY-143-TS", "expressway-e/server"},
		{"expressway/acme", "EWY-1401-ACME", "expressway-e/server"},
		{"expressway/send-chain", "HYB", "expressway-c/server"},
		{"expressway/eku-checking", "EWY-EKU155", "expressway-c/client"},
		{"expressway/sunset-date", "FN74362", "expressway-e/server"},
		{"expressway/dns-format", "EWY-155-MNG", "expressway-e/server"},
		{"expressway/cluster-name", "EWY-155-REQ", "expressway-e/server"},
		{"cucm/alternate-names", "CUCM-CA", "cucm/tomcat"},
		{"cucm/signature-rsa", "S004", "cucm/tomcat"},
		{"cucm/reuse-multi-san", "EWY-ATS", "cucm/tomcat"},
		{"cucm/self-signed-cn", "S000", "cucm/callmanager"},
		{"cucm/exact-names", "CUCM-CA", "cucm/tomcat"},
		{"cucm/critical-extensions", "UCCX", "cucm/tomcat"},
		{"cucm/one-cn-per-store", "CUCM-SEC", "cucm/callmanager"},
		{"cucm/delete-everywhere", "S004", "cucm/tomcat"},
		{"imp/remote-node", "S004", "imp/tomcat"},
		{"cms/same-file-name", "S003", "cms/callbridge"},
		{"cms/one-certificate", "S003", "cms/webbridge3"},
		{"cms/one-newline", "S003", "cms/webbridge3"},
		{"cms/scheduler", "CMS-SCHED", "cms/webbridge3"},
	} {
		p, _ := c.Profile(r.profile)
		notes := append(slices.Clone(p.Notes), p.Dangers...)
		i := slices.IndexFunc(notes, func(n Note) bool { return n.Rule == r.rule })
		if i < 0 || !slices.Contains(notes[i].Source, r.source) {
			t.Errorf("%s does not say %s [%s]", r.profile, r.rule, r.source)
		}
	}
}

// What is uploaded, and in which form, is one row a product and service.
func TestUploadFormats(t *testing.T) {
	c := load(t)
	for _, r := range []struct {
		profile, source                       string
		chain, root, bundle, eachCA, lineEnds bool
		accepts                               string
	}{
		{"expressway-c/server", "S001", false, false, true, false, true, "pem"},
		{"expressway-e/server", "S002", false, false, true, false, true, "pem"},
		{"expressway-c/client", "S001", false, false, true, false, true, "pem"},
		{"cucm/tomcat", "S004", false, false, false, true, true, "pem der p7b"},
		{"imp/cup-xmpp", "S004", false, false, false, true, true, "pem der p7b"},
		{"unity-connection/tomcat", "S004", false, false, false, true, true, "pem der p7b"},
		{"cms/webadmin", "S003", false, false, true, false, true, "pem der"},
		{"cms/callbridge", "S003", false, false, true, false, true, "pem der"},
		{"cms/webbridge3", "S003", true, true, true, false, true, "pem"},
		{"generic/tls-server", "RFC 8446 4.4.2", true, false, true, false, true, "pem p12"},
	} {
		p, _ := c.Profile(r.profile)
		u := p.Upload
		if u.Chain != r.chain || u.Root != r.root || u.Bundle != r.bundle || u.EachCA != r.eachCA || u.OneNewline != r.lineEnds ||
			strings.Join(u.Accepts, " ") != r.accepts || !slices.Contains(u.Source, r.source) {
			t.Errorf("%s: %+v, want %+v", r.profile, u, r)
		}
	}
}

// Which stores replicate is what engineers get wrong: domain.md 3.3 and S000.
func TestStoresReplicate(t *testing.T) {
	c := load(t)
	for _, r := range []struct {
		product, store, source string
		replicates             bool
	}{
		{"expressway-c", "trusted-ca", "S000", false}, {"expressway-e", "trusted-ca", "S000", false},
		{"cucm", "tomcat-trust", "S004", true}, {"cucm", "callmanager-trust", "S004", true}, {"cucm", "phone-sast-trust", "S004", true},
		{"cucm", "capf-trust", "S004", false}, {"imp", "cup-xmpp-trust", "IMP-1251", true}, {"cms", "callbridge-c2w", "CMS-EDGE", false},
	} {
		s, ok := c.store(r.product, r.store)
		if !ok || s.Replicates != r.replicates || !slices.Contains(s.Source, r.source) {
			t.Errorf("%s %s: %+v", r.product, r.store, s)
		}
	}
}

// TestProcedures has a row for every procedure of the source documents.
func TestProcedures(t *testing.T) {
	c := load(t)
	for _, r := range []struct {
		document, section, id string
		says                  []string // in the English texts or the commands
	}{
		{"S002", "A to E", "expressway/renew", []string{"Show decoded", "without \"DNS:\"", "client and server authentication", "authority key identifiers", "tomcat-trust and CallManager-trust", "not the chain", "restart Expressway"}},
		{"S001", "invalid format", "expressway/invalid-format", []string{"Base-64 encoded", "openssl x509 -in"}},
		{"S001", "untrusted chain", "expressway/untrusted-chain", []string{"Certification Path", "Trusted CA certificate > Choose File"}},
		{"S001", "traversal zone, SSH tunnels", "expressway/traversal-tls", []string{"peer address", "cluster FQDN", "SSH tunnels fail"}},
		{"S001", "MRA sign-in after upgrade", "expressway/mra-login-after-upgrade", []string{"tomcat-trust and CallManager-trust", "TlsSignatureAlgoPrefRsa"}},
		{"S001", "Jabber warning", "expressway/jabber-warning", []string{"collab-edge.example.com"}},
		{"S000", "client certificate testing", "expressway/client-certificate-test", []string{"Uploaded test file (PEM format)", "not signed by a CA in the trusted CA list", "unable to get certificate CRL"}},
		{"S000", "read and export in Wireshark", "expressway/capture-export", []string{"7001", "Decode as", "Export Selected Packet Bytes"}},
		{"S004", "third-party certificates", "cucm/third-party-certificate", []string{"Generate CSR", "CallManager-trust", "PKCS #7", "new CTL file", "Control Center"}},
		{"S004", "install intermediate", "cucm/install-intermediate", []string{"root first", "description", "TFTP"}},
		{"S004", "show, download", "cucm/show", []string{"IssuerDN", "Download"}},
		{"S004", "delete trust certificates", "cucm/delete-trust", []string{"Only trust certificates", "every server"}},
		{"S004", "regenerate", "cucm/regenerate", []string{"3072 or 4096", "CTL", "backup"}},
		{"CUCM-SELF", "ITLRecovery", "cucm/itl-recovery", []string{"utils ctl update CTLFile"}},
		{"S004", "OAuth keys", "cucm/oauth-keys", []string{"set key regen authz encryption", "set key regen authz signing", "XCP Authentication"}},
		{"S004", "monitoring", "cucm/monitoring", []string{"every 24 hours", "one hour", "semicolons", "Certificate Expiry Monitor", "%UC_CERT-0-CertExpired"}},
		{"S004", "OCSP", "cucm/ocsp", []string{"Common Criteria mode on, Revoked and Unknown fail", "delegated trust model", "Enterprise Parameters", "has priority"}},
		{"S004", "certificate errors", "cucm/remote-node", []string{"30 minutes", "Intercluster Sync Agent", "tomcat-ECDSA"}},
		{"CUCM-SELF", "phone trust", "cucm/phone-trust-recovery", []string{"utils itl reset localkey", "utils ctl reset localkey"}},
		{"CUCM-SEC", "bulk", "cucm/bulk", []string{"SFTP"}},
		{"S003", "replace expired", "cms/replace-expired", []string{"breaks the service at once", "pki match", "restart the service"}},
		{"S003", "database expired", "cms/database-expired", []string{"database cluster remove", "database cluster initialize", "database cluster join"}},
		{"S003", "bundles", "cms/bundle", []string{"exactly one line break", "root at the bottom"}},
	} {
		p, ok := c.Procedure(r.id)
		if !ok || !slices.Contains(p.Source, r.document) {
			t.Errorf("[%s, %s] no procedure %s", r.document, r.section, r.id)
			continue
		}
		var said strings.Builder
		said.WriteString(p.When.In["en"])
		for _, s := range p.Steps {
			said.WriteString(s.Text.In["en"] + "\n" + strings.Join(s.Commands, "\n"))
			for _, lang := range Languages {
				if s.Text.In[lang] == "" {
					t.Errorf("%s: a step has no %s", r.id, lang)
				}
			}
		}
		for _, want := range r.says {
			if !strings.Contains(said.String(), want) {
				t.Errorf("[%s] %s does not say %q", r.document, r.id, want)
			}
		}
	}
	if n := len(c.Procedures()); n != 23 {
		t.Errorf("%d procedures, 23 have a row", n)
	}
}
