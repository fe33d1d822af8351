package certs

import (
	"strings"
	"testing"
)

var manyNames = func() []string {
	var all []string
	for len(all) < 300 {
		all = append(all, "host-"+strings.Repeat("x", len(all)%7)+"-"+string(rune('a'+len(all)%26))+string(rune('a'+len(all)/26))+".example.com")
	}
	return all
}()

func TestExpresswayRules(t *testing.T) {
	const c, e = "expressway-c", "expressway-e"
	runRows(t, []row{
		// domain.md section 2, common table
		{"CSR page", "S002", one(c, own), []string{"do=Maintenance > Security > Server certificate > Generate CSR"}},
		{"CN of a single box is its FQDN", "EWY-CSR", one(c), []string{"cn=a.example.com", "san=dns:a.example.com"}},
		{"CN is always a SAN too", "EWY-CSR", one(c, two, cluster("x.example.com")), []string{"cn=x.example.com", "san=dns:x.example.com"}},
		{"SAN entries without DNS:", "S002", one(c, own, names("b.example.com")), []string{"say=~commas: a.example.com,b.example.com."}},
		{"SAN over 999 characters", "S000", one(e, names(manyNames...)), []string{"rule=error:expressway/san-999"}},
		{"SAN near 999 counts the prefixes", "S000", one(e, names(manyNames[:40]...)), []string{"rule=warning:expressway/san-999", "!rule=error:expressway/san-999"}},
		{"SAN under 999", "S000", one(e, names(manyNames[:20]...)), []string{"!rule=warning:expressway/san-999", "!rule=error:expressway/san-999"}},
		{"EKU server and client", "S000, S002", one(c, ver("X14.3")), []string{c + "/server:use=serverAuth", c + "/server:use=clientAuth"}},
		{"KU digital signature and key encipherment", "S002", one(e), []string{e + "/server:use=digitalSignature", e + "/server:use=keyEncipherment"}},
		{"key 4096 recommended", "EWY-143-TS", one(e), []string{e + "/server:key=RSA 4096"}},
		{"key 8192 refused", "EWY-143-TS", one(e, key("rsa", 8192)), []string{"rule=error:key/not-taken"}},
		{"leaf only, Base-64", "S001, S002", one(e, own), []string{"say=~upload the certificate alone, Base-64, not the chain"}},
		{"own key ends with a newline", "EWY-143-TS", one(e), []string{e + "/server:keyfile", "say=~must end with a line break"}},
		{"CAs before the upload", "S001", one(e), []string{"trust=expressway-e/server>expressway-e:Trusted CA certificate@a.example.com"}},
		{"restart after the upload", "S002, MRA-TS", one(e), []string{"do@a.example.com=Maintenance > Restart options > Restart"}},
		{"do not discard the CSR", "S002", one(e, own), []string{"say=~Do not discard it"}},
		{"trusted CA list on every peer", "S000, EWY-CSR", one(e, two, cluster("x.example.com")),
			[]string{"trust=expressway-e/server>expressway-e:Trusted CA certificate@a1.example.com,a2.example.com", "then=~not copied between peers"}},
		{"same subject in the list", "S000", one(e), []string{"then=~Of two CAs with the same subject only the first counts"}},
		{"no wildcard", "S000", one(e, names("*.example.com")), []string{"rule=error:names/wildcard"}},
		// 2.1
		{"C: own FQDN and phone profiles", "EWY-155-MNG, S000", one(c, phones("secure.p.example.com")), []string{"san=dns:secure.p.example.com"}},
		{"C: phone profile names are asked for", "S000", one(c).with(PhoneSecurityProfiles), []string{"missing=phone_profiles"}},
		{"C: phone profile not an FQDN", "EWY-155-MNG", one(c, phones("Secure Profile")), []string{"rule=error:expressway/phone-profile-fqdn"}},
		{"C: phone profile, last label begins with a digit", "EWY-155-MNG", one(c, phones("secure.p.1com")), []string{"rule=error:expressway/phone-profile-fqdn"}},
		{"C: phone profile, hyphen at the edge", "EWY-155-MNG", one(c, phones("-secure.example.com")), []string{"rule=error:expressway/phone-profile-fqdn"}},
		{"C: chat aliases only with federation", "EWY-155-MNG, S000", one(c, aliases("chat.example.com")), []string{"san=dns:chat.example.com"}},
		{"C: domains are not in it", "EWY-155-REQ against S000", one(c).domains("example.com").with(MRA), []string{"!san=dns:example.com", "rule=info:expressway/domains-on-c", "!missing=domains"}},
		{"C: a new peer needs FQDN profiles", "EWY-155-MNG", one(c, two, cluster("x.example.com"), phones("s.example.com")), []string{"rule=info:expressway/profiles-fqdn"}},
		{"C: internal CA allowed", "S000", one(c, ca("")), []string{c + "/server:ca=private", "rule=info:plan/ca-assumed"}},
		{"C: trusted by CUCM, tomcat and CallManager", "S000, EWY-ATS", one(c).with(MRA),
			[]string{"trust=expressway-c/server>cucm:tomcat-trust", "trust=expressway-c/server>cucm:CallManager-trust", "then=utils service restart Cisco Tomcat", "then=~Cisco CallManager on every node"}},
		// 2.2
		{"E: registration domain", "S000, EWY-155-MNG", one(e).domains("example.com").with(MRA), []string{"san=dns:example.com"}},
		{"E: collab-edge form instead", "S000, S001", one(e, names("collab-edge.example.com")).domains("example.com").with(MRA),
			[]string{"san=dns:collab-edge.example.com", "!san=dns:example.com", "rule=info:expressway/collab-edge"}},
		{"E: SRVName of TC systems", "TCE", one(e, names("SRV:_collab-edge._tls.example.com")), []string{"san=srv:_collab-edge._tls.example.com"}},
		{"E: domains are asked for with MRA", "S000", one(e).with(MRA), []string{"missing=domains"}},
		{"E: nothing else is asked for", "S000", one(e).with(MRA).domains("example.com"), []string{"!missing=domains", "!missing=version", "!missing=ca", "!missing=cluster_fqdn"}},
		{"E: federation domains", "EWY-155-MNG", one(e).with(XMPPFederation).domains("example.org"), []string{"san=dns:example.org"}},
		{"E: chat aliases", "S000", one(e, aliases("chat.example.com")).domains("example.com"), []string{"san=dns:chat.example.com"}},
		{"E: no private domain", "EWY-155-MNG", one(e, ca(PublicCA)).with(MRA).domains("example.com", "corp.local"),
			[]string{"!san=dns:corp.local", "san=dns:example.com", "rule=warning:expressway/private-domain"}},
		{"E: other FQDNs it is known by", "EWY-155-MNG", one(e, names("edge.example.org")), []string{"san=dns:edge.example.org"}},
		{"E: public CA by default", "S000", one(e, ca("")), []string{e + "/server:ca=public"}},
		{"E: phones need a public CA", "S000", one(e).with(MRA).domains("example.com"), []string{"rule=warning:expressway/phones-public-ca"}},
		{"E: phones need one of their list", "S000", one(e, ca(PublicCA)).with(MRA).domains("example.com"), []string{"rule=info:expressway/phones-ca-list"}},
		{"E: Lync federation host", "EWY-FED", one(e).with(XMPPFederation).domains("example.com"), []string{"rule=info:expressway/sip-federation"}},
		// 2.3
		{"cluster: one certificate a peer", "S000", one(e, two, cluster("x.example.com")),
			[]string{"count=2", "for=a1.example.com", "for=a2.example.com", "cn=x.example.com", "san=dns:x.example.com", "san=dns:a1.example.com"}},
		{"cluster: the name is asked for", "S000", one(e, two), []string{"missing=cluster_fqdn", "count=0"}},
		{"cluster: cluster name on C", "EWY-155-REQ", one(c, two, cluster("x.example.com")), []string{"san=dns:x.example.com"}},
		// 2.4
		{"shared: all peers and the cluster", "S000", one(e, two, topology(ClusterShared), cluster("x.example.com")),
			[]string{"count=1", "cn=x.example.com", "san=dns:a1.example.com", "san=dns:a2.example.com", "san=dns:x.example.com", "for=a1.example.com,a2.example.com"}},
		{"shared: reasons against", "S000", one(e, two, topology(ClusterShared), cluster("x.example.com")), []string{"rule=warning:expressway/shared-not-recommended"}},
		{"shared: key fetched as root", "S000", one(e, own, two, topology(ClusterShared), cluster("x.example.com")),
			[]string{"do@a1.example.com=/Tandberg/persistent/certs", "say=~upload the same certificate and the private key"}},
		// 2.5
		{"traversal client: peer address", "S001, EWY-143-TS", one(c), []string{"say=~an FQDN and never an IP address"}},
		{"traversal server: TLS verify name", "S001", one(e), []string{"say=~use the cluster FQDN of Expressway-C"}},
		{"node by IP address", "S001", one(c, nodes("10.1.2.3")), []string{"rule=error:names/not-host"}},
		{"node by short name", "S000", one(c, nodes("expc")), []string{"rule=error:names/not-fqdn"}},
		// 2.6
		{"E trusted by C, C by E", "S000, S001", one(c).and(one(e, nodes("e.example.com"))),
			[]string{"trust=expressway-e/server>expressway-c:Trusted CA certificate@a.example.com", "trust=expressway-c/server>expressway-e:Trusted CA certificate@e.example.com"}},
		{"E alone: C must trust it", "S000", one(e), []string{"trust=expressway-e/server>expressway-c:Trusted CA certificate"}},
		{"CUCM and IM&P trusted by C", "S000, EWY-155-REQ", one(c).and(one("cucm")).and(one("imp")).with(MRA),
			[]string{"trust=cucm/tomcat>expressway-c:Trusted CA certificate", "trust=cucm/callmanager>expressway-c:Trusted CA certificate",
				"trust=imp/tomcat>expressway-c:Trusted CA certificate", "trust=imp/cup-xmpp>expressway-c:Trusted CA certificate"}},
		{"Unity Connection trusted by C", "EWY-ATS", one(c).and(one("unity-connection")).with(MRA), []string{"trust=unity-connection/tomcat>expressway-c:Trusted CA certificate"}},
		{"CUCM by FQDN, discover again", "S000, MRA-TS", one(c).with(MRA), []string{"do=Configuration > Unified Communications > Unified CM servers > Refresh servers"}},
		// section 0
		{"before X15.4: client authentication from a public CA", "EWY-EKU", one(e, ver("X15.3"), ca(PublicCA)),
			[]string{e + "/server:use=clientAuth", "rule=warning:public/client-auth", "rule=warning:expressway/refused-without-client"}},
		{"X15.4: E with server authentication alone", "EWY-EKU, EWY-EKU155", one(e, ver("X15.4"), ca(PublicCA)),
			[]string{"!" + e + "/server:use=clientAuth", e + "/server:may=clientAuth", "do=xConfiguration XCP TLS Certificate CVS EnableServerEkuUpload: On", "rule=info:expressway/server-only-upload"}},
		{"X15.4: E from an internal CA", "EWY-EKU", one(e, ver("X15.4")), []string{e + "/server:use?=clientAuth", "!do=xConfiguration XCP TLS Certificate CVS EnableServerEkuUpload: On"}},
		{"X15.4: C still needs both", "EWY-EKU", one(c, ver("X15.4")), []string{c + "/server:use=clientAuth", "count=1"}},
		{"X15.5: two stores on C", "EWY-EKU155, EWY-155-MNG", one(c, ver("X15.5"), ca(PublicCA)),
			[]string{"count=2", "!" + c + "/server:use=clientAuth", c + "/client:use=clientAuth", c + "/client:use?=serverAuth", c + "/server:ca=public", c + "/client:ca=private"}},
		{"X15.5: E copies its server certificate", "EWY-EKU155", one(e, ver("X15.5")),
			[]string{"count=1", "do=~Upload server certificate file as client certificate", "!do=xConfiguration XCP TLS Certificate CVS EnableServerEkuUpload: On"}},
		{"X15.5: E with a client certificate", "EWY-EKU155", one(e, ver("X15.5"), services("server", "client")), []string{"count=2", "!do=~Upload server certificate file as client certificate"}},
		{"client store before X15.5", "EWY-EKU155", one(c, ver("X15.3"), services("client")), []string{"rule=error:expressway/client-store"}},
		{"same version on both", "EWY-EKU", one(c, ver("X15.5")), []string{"rule=info:expressway/same-version"}},
		{"version unknown, public CA", "EWY-EKU", one(e, ca(PublicCA)), []string{"rule=warning:expressway/version-unknown", e + "/server:use=clientAuth", "!missing=version"}},
		{"version unknown, internal CA", "EWY-EKU", one(e), []string{"!rule=warning:expressway/version-unknown"}},
		{"version nobody can read", "EWY-EKU", one(e, ver("latest and greatest")), []string{"rule=error:plan/version"}},
		{"internal CA is not affected", "EWY-EKU", one(e), []string{"!rule=warning:public/client-auth"}},
		// section 5.1
		{"renewal A: read the old one", "S002", one(e), []string{"do=Maintenance > Security > Server certificate > Show decoded"}},
		{"renewal C, D: compare", "S002", one(e), []string{"say=~Compare its authority key identifier"}},
	})
}
