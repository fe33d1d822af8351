package read

import "strings"

// unfit are the sentences for a certificate that may not be used for what it is used for
// (OpenSSL x509_txt.c, Go crypto/x509 verify.go). They do not say whose it is.
var unfit = []string{"unsuitable certificate purpose", "unsupported certificate purpose", "specifies an incompatible key usage"}

// ofClient and ofServer are what shows, in the same line, that a server verified a client
// (nginx ngx_http_request.c, Go net/http server.go and crypto/tls handshake_server.go, etcd
// config_logging.go, kube-apiserver authentication.go, Apache AH02276, Postfix, Dovecot,
// OpenSSL's SSL_accept), or a client a server (nginx ngx_http_upstream.c, Go net/http
// transport.go, curl, CPython urllib and requests, kubectl, Node, OpenSSL's SSL_connect).
var (
	ofClient = []string{"client SSL certificate", "client certificate", "TLS handshake error from", "authenticate the request", "rejected connection", "SSL_accept", "ssl_accept", "reading client request", "process_client_certificate"}
	ofServer = []string{"upstream SSL certificate", "Unable to connect to the server", `Get "http`, `Post "http`, `Put "http`, "dial tcp", "SSL_connect", "ssl_connect",
		"curl: (", "SSL certificate problem", "HTTPSConnectionPool", "urlopen error", "process_server_certificate", "server certificate", "failed to connect to"}
)

// sides tells whose certificate may not be used so.
func sides(text string, lines []line) []Fact {
	if !containsAny(text, unfit) {
		return nil
	}
	var facts []Fact
	for _, l := range lines {
		s := l.front()
		for _, sentence := range unfit {
			at := strings.Index(s, sentence)
			if at < 0 || len(facts) >= mostFacts {
				continue
			}
			var kind string
			switch client, server := containsAny(s, ofClient), containsAny(s, ofServer); {
			case client && !server:
				kind = "verify.purpose-client"
			case server && !client:
				kind = "verify.purpose-server"
			default:
				continue
			}
			facts = append(facts, Fact{Kind: kind, Start: l.start + at, End: l.start + at + len(sentence), Depth: -1})
		}
	}
	return facts
}
