package sclient

// Kind is a situation, and the causes of which one has to be the first answer; none: it
// is healthy.
type Kind struct {
	Name           string
	Server, Client string // arguments, separated by |
	Causes         []string
	Terse          string // what may come first where -brief leaves it open
	Only           string // the version of TLS where it exists alone
	Refused        bool   // by the server, which closes after its alert
	Bare           bool   // the server speaks no TLS: what it says instead is in Server
}

// Versions gives the arguments for the versions of TLS in which the kind exists.
func (k Kind) Versions() []string {
	if k.Only != "" {
		return []string{k.Only}
	}
	return []string{"-tls1_2", "-tls1_3"}
}

// Options are what people add to s_client to see more, or less. The first is nothing.
var Options = []string{"", "-showcerts", "-state", "-msg", "-debug", "-brief", "-status", "-prexit", "-verify_return_error", "-showcerts|-status|-state|-msg|-debug"}

const trust = "-CAfile|Root CA.pem"

func serves(name string) string {
	return "-cert|" + name + ".pem|-key|" + name + ".key|-cert_chain|Issuing CA.pem"
}

func alone(name string) string { return "-cert|" + name + ".pem|-key|" + name + ".key" }

func below(ca, name string) string { return alone(name) + "|-cert_chain|" + ca + ".pem" }

// asks is a server that lets nobody in without a certificate that it trusts.
func asks(name string) string {
	return serves(name) + "|-Verify|2|-verify_return_error|-CAfile|Root CA.pem"
}

// presents is a client with its certificate and the chain of it.
func presents(name string) string {
	return trust + "|" + serves(name)
}

// Kinds are the situations.
var Kinds = []Kind{
	{Name: "healthy", Server: serves("good"), Client: trust + "|-verify_hostname|a.example.com|-servername|a.example.com"},
	{Name: "healthy, no name", Server: serves("good"), Client: trust},
	{Name: "healthy, client certificate", Server: asks("good"), Client: presents("good")},
	{Name: "healthy, revocation looked up", Server: serves("good"), Client: trust + "|-crl_check|-CRL|crl.pem"},
	{Name: "expired", Server: serves("expired"), Client: trust, Causes: []string{"expired"}},
	{Name: "expired, with its name", Server: serves("expired"), Client: trust + "|-verify_hostname|a.example.com", Causes: []string{"expired"}},
	{Name: "issuer expired", Server: below("Past CA", "pastleaf"), Client: trust, Causes: []string{"expired"}},
	{Name: "not yet valid", Server: serves("early"), Client: trust, Causes: []string{"not-yet-valid"}},
	{Name: "self-signed", Server: alone("own"), Client: trust, Causes: []string{"self-signed-cert"}},
	{Name: "self-signed, no CA file", Server: alone("own"), Causes: []string{"self-signed-cert"}},
	{Name: "unknown root", Server: serves("good"), Client: "-CAfile|Other CA.pem", Causes: []string{"untrusted-ca"}},
	{Name: "unknown root, no CA file", Server: serves("good"), Causes: []string{"untrusted-ca"}},
	{Name: "unknown root that was sent", Server: below("Root CA", "direct"), Client: "-CAfile|Other CA.pem", Causes: []string{"untrusted-ca"}},
	{Name: "no intermediate", Server: alone("good"), Client: trust, Causes: []string{"missing-intermediate"}},
	{Name: "no intermediate, no CA file", Server: alone("good"), Causes: []string{"missing-intermediate"}},
	{Name: "name", Server: serves("good"), Client: trust + "|-verify_hostname|b.example.com", Causes: []string{"name-mismatch"}},
	{Name: "address", Server: serves("good"), Client: trust + "|-verify_ip|192.0.2.1", Causes: []string{"name-mismatch-ip"}},
	{Name: "purpose", Server: serves("clientonly"), Client: trust, Causes: []string{"eku-missing-serverauth"}},
	{Name: "no client certificate", Refused: true, Server: asks("good"), Client: trust, Causes: []string{"client-cert-not-presented"}, Terse: "cipher-mismatch"},
	{Name: "client of unknown root", Refused: true, Server: asks("good"), Client: trust + "|" + alone("own"), Causes: []string{"untrusted-ca"}},
	{Name: "no client certificate, server authentication alone", Refused: true, Server: asks("serveronly"), Client: trust, Causes: []string{"client-cert-not-presented"}, Terse: "cipher-mismatch"},
	{Name: "client purpose, server authentication alone", Refused: true, Server: asks("serveronly"), Client: presents("serveronly"), Causes: []string{"eku-missing-clientauth"}},
	{Name: "client of unknown root, server certificate ends soon", Refused: true, Server: asks("soon"), Client: trust + "|" + alone("own"), Causes: []string{"untrusted-ca"}},
	{Name: "name, ends soon", Server: serves("soon"), Client: trust + "|-verify_hostname|b.example.com", Causes: []string{"name-mismatch"}},
	{Name: "client expired", Refused: true, Server: asks("good"), Client: presents("expired"), Causes: []string{"expired"}},
	{Name: "client purpose", Refused: true, Server: asks("good"), Client: presents("serveronly"), Causes: []string{"eku-missing-clientauth"}},
	{Name: "cipher", Server: serves("good") + "|-cipher|ECDHE-ECDSA-AES128-GCM-SHA256", Client: trust + "|-cipher|ECDHE-ECDSA-AES256-GCM-SHA384", Only: "-tls1_2", Causes: []string{"cipher-mismatch"}},
	{Name: "suite", Server: serves("good") + "|-ciphersuites|TLS_AES_128_GCM_SHA256", Client: trust + "|-ciphersuites|TLS_AES_256_GCM_SHA384", Only: "-tls1_3", Causes: []string{"cipher-mismatch"}},
	{Name: "version, old client", Server: serves("good") + "|-tls1_3", Client: trust, Only: "-tls1_2", Causes: []string{"tls-version-mismatch"}},
	{Name: "version, old server", Server: serves("good") + "|-tls1_2", Client: trust, Only: "-tls1_3", Causes: []string{"tls-version-mismatch"}},
	{Name: "weak key", Server: serves("weak") + "|-cipher|DEFAULT@SECLEVEL=0", Client: trust + "|-cipher|DEFAULT@SECLEVEL=2", Causes: []string{"weak-key-or-digest"}},
	{Name: "weak signature", Server: below("sha1 CA", "sha1leaf") + "|-cipher|DEFAULT@SECLEVEL=0", Client: trust + "|-cipher|DEFAULT@SECLEVEL=2", Causes: []string{"weak-key-or-digest"}},
	{Name: "mail without TLS", Bare: true, Server: "220 mx.example.com ESMTP\r\n", Client: trust, Causes: []string{"not-certificate:http-on-tls-port"}},
	{Name: "web without TLS", Bare: true, Server: "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", Client: trust, Causes: []string{"not-certificate:http-on-tls-port"}},
	{Name: "revoked", Server: serves("revoked"), Client: trust + "|-crl_check|-CRL|crl.pem", Causes: []string{"revoked"}},
	{Name: "no revocation list", Server: serves("good"), Client: trust + "|-crl_check", Causes: []string{"revocation-unavailable"}},
	{Name: "old revocation list", Server: serves("good"), Client: trust + "|-crl_check|-CRL|oldcrl.pem", Causes: []string{"revocation-unavailable"}},
	{Name: "signature of a namesake", Server: alone("twin"), Client: "-CAfile|Twin CA.pem", Causes: []string{"same-name-ca-other-key"}},
}
