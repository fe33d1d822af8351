package certs

import "testing"

func TestCUCMRules(t *testing.T) {
	const pub, sub = "pub.example.com", "sub.example.com"
	cl := nodes(pub, sub)
	use := func(profile string, ids ...string) []string {
		var all []string
		for _, id := range ids {
			all = append(all, profile+":use="+id)
		}
		return all
	}
	rows := []row{
		// domain.md 3.1, the table of S004 row by row
		{"CallManager usages", "S004 table 1", one("cucm", services("callmanager"), version14), append(use("cucm/callmanager", "serverAuth", "clientAuth", "digitalSignature", "dataEncipherment"),
			"!cucm/callmanager:use=keyEncipherment", "!cucm/callmanager:may=ipsecEndSystem")},
		{"CallManager-ECDSA usages", "S004 table 1", one("cucm", services("callmanager-ecdsa"), version14), append(use("cucm/callmanager-ecdsa", "serverAuth", "clientAuth", "digitalSignature", "dataEncipherment"),
			"cucm/callmanager-ecdsa:key=ECDSA P-384")},
		{"CAPF usages, publisher only", "S004 table 1", one("cucm", services("capf"), version14, cl), append(use("cucm/capf", "serverAuth", "digitalSignature", "keyCertSign"),
			"count=1", "for="+pub, "!cucm/capf:use=clientAuth", "!cucm/capf:use=dataEncipherment", "cucm/capf:isca", "rule=info:cucm/capf-publisher")},
		{"ipsec usages", "S004 table 1", one("cucm", services("ipsec"), version14), use("cucm/ipsec", "serverAuth", "clientAuth", "ipsecEndSystem", "digitalSignature", "keyEncipherment", "dataEncipherment")},
		{"tomcat usages", "S004 table 1", one("cucm", services("tomcat"), version14), append(use("cucm/tomcat", "serverAuth", "clientAuth", "digitalSignature", "dataEncipherment"),
			"!cucm/tomcat:use=keyEncipherment")},
		{"tomcat-ECDSA usages", "S004 table 1", one("cucm", services("tomcat-ecdsa"), version14), use("cucm/tomcat-ecdsa", "serverAuth", "clientAuth", "digitalSignature", "dataEncipherment")},
		{"TVS usages", "S004 table 1", one("cucm", services("tvs"), version14), use("cucm/tvs", "serverAuth", "clientAuth", "digitalSignature", "keyEncipherment", "dataEncipherment")},
		{"cup usages", "S004 table 2", one("imp", services("cup"), version14), append(use("imp/cup", "serverAuth", "clientAuth", "ipsecEndSystem", "digitalSignature", "dataEncipherment"), "imp/cup:use?=keyEncipherment")},
		{"cup-ECDSA usages", "S004 table 2", one("imp", services("cup-ecdsa"), version14), use("imp/cup-ecdsa", "serverAuth", "clientAuth", "ipsecEndSystem")},
		{"cup-xmpp usages", "S004 table 2", one("imp", services("cup-xmpp"), version14), append(use("imp/cup-xmpp", "serverAuth", "clientAuth", "ipsecEndSystem", "digitalSignature", "dataEncipherment"), "imp/cup-xmpp:use?=keyEncipherment")},
		{"cup-xmpp-ECDSA usages", "S004 table 2", one("imp", services("cup-xmpp-ecdsa"), version14), use("imp/cup-xmpp-ecdsa", "ipsecEndSystem", "dataEncipherment")},
		{"cup-xmpp-s2s usages", "S004 table 2", one("imp", services("cup-xmpp-s2s"), version14).domains("example.com"), use("imp/cup-xmpp-s2s", "serverAuth", "clientAuth", "ipsecEndSystem", "digitalSignature", "dataEncipherment")},
		{"cup-xmpp-s2s-ECDSA usages", "S004 table 2", one("imp", services("cup-xmpp-s2s-ecdsa"), version14).domains("example.com"), use("imp/cup-xmpp-s2s-ecdsa", "ipsecEndSystem", "dataEncipherment")},
		{"ipsec of IM&P usages", "S004 table 2", one("imp", services("ipsec"), version14), use("imp/ipsec", "serverAuth", "clientAuth", "ipsecEndSystem", "dataEncipherment")},
		{"tomcat of IM&P usages", "S004 table 2", one("imp", services("tomcat"), version14), append(use("imp/tomcat", "serverAuth", "clientAuth", "dataEncipherment"), "imp/tomcat:use?=keyEncipherment")},
		{"tomcat-ECDSA of IM&P usages", "S004 table 2", one("imp", services("tomcat-ecdsa"), version14), use("imp/tomcat-ecdsa", "serverAuth", "clientAuth", "dataEncipherment")},
		{"12.5 has key encipherment", "CUCM-1251", one("cucm", services("tomcat", "callmanager"), ver("12.5(1)SU3")), []string{"cucm/tomcat:use?=keyEncipherment", "cucm/callmanager:use?=keyEncipherment"}},
		{"newer IM&P has no key encipherment", "CUCM-SEC", one("imp", services("cup"), ver("15SU1")), []string{"imp/cup:may=keyEncipherment", "!imp/cup:use?=keyEncipherment"}},
		{"newer CAPF may have client authentication", "CUCM-SEC", one("cucm", services("capf"), ver("15SU1")), []string{"cucm/capf:may=clientAuth"}},
		{"prose is a permitted superset", "S004 prose", one("cucm", services("tomcat"), version14), []string{"cucm/tomcat:may=keyEncipherment", "cucm/tomcat:may=keyAgreement", "cucm/tomcat:may=ipsecEndSystem"}},
		{"data encipherment must stay", "S004", one("cucm", version14), []string{"say=~Data Encipherment not removed"}},
		// 3.2
		{"where", "S004", one("cucm"), []string{"do=Cisco Unified OS Administration > Security > Certificate Management > Generate CSR", "do=Cisco Unified OS Administration > Security > Certificate Management > Download CSR"}},
		{"a new CSR overwrites the old", "S004", one("cucm"), []string{"say=~A new CSR overwrites an earlier one"}},
		{"one CSR a purpose and node", "S004", one("cucm", cl, services("tomcat")), []string{"count=2", "cn=" + pub, "cn=" + sub}},
		{"keys are made on the box", "S004", one("cucm"), []string{"cucm/tomcat:own", "!cucm/tomcat:keyfile"}},
		{"key at most 4096", "CUCM-SEC", one("cucm", key("rsa", 8192)), []string{"rule=error:key/not-taken"}},
		{"4096 in mixed mode", "CUCM-SEC, S004", one("cucm", key("rsa", 4096)).with(MixedMode), []string{"rule=warning:cucm/key-4096"}},
		{"4096 without mixed mode", "CUCM-SEC", one("cucm", key("rsa", 4096)), []string{"!rule=warning:cucm/key-4096"}},
		{"no wildcard", "CUCM-CA, CUCM-SEC", one("cucm", names("*.example.com")), []string{"rule=error:names/wildcard"}},
		{"root, then intermediate, then identity", "CUCM-CA", one("cucm", services("tomcat")), []string{"trust=cucm/tomcat>cucm:tomcat-trust", "then=~Root first, then the intermediates", "say=~after its CAs are in the trust store"}},
		{"multi-server: -ms and all nodes", "CUCM-CA, S004", one("cucm", cl, topology(ClusterShared), services("tomcat")),
			[]string{"count=1", "cn=pub-ms.example.com", "san=dns:" + pub, "san=dns:" + sub, "san?=dns:example.com", "say=~Multi-server (SAN)"}},
		{"multi-server from a public CA: no -ms", "CUCM-CA, BR", one("cucm", cl, topology(ClusterShared), services("tomcat"), ca(PublicCA)), []string{"cn=" + pub}},
		{"multi-server takes no addresses", "CUCM-CA", one("cucm", cl, topology(ClusterShared), services("tomcat"), names("10.0.0.1")), []string{"rule=warning:names/shared-ip"}},
		{"multi-server with a name of one's own", "CUCM-CA", one("cucm", cl, topology(ClusterShared), services("tomcat"), cluster("cucm.example.com")), []string{"cn=cucm.example.com"}},
		{"multi-server: distributed by itself", "S004", one("cucm", cl, topology(ClusterShared), services("callmanager")), []string{"say=~distributed to all nodes by itself", "do@" + pub + "=Cisco Unified OS Administration > Security > Certificate Management > Upload Certificate/Certificate chain"}},
		{"multi-server tomcat covers IM&P", "S004, CUCM-SAN", one("cucm", cl, topology(ClusterShared), services("tomcat")).and(one("imp", nodes("imp.example.com"), topology(ClusterShared), services("tomcat"))),
			[]string{"count=1", "for=" + pub + "," + sub + ",imp.example.com", "san=dns:imp.example.com", "rule=info:imp/tomcat-shared"}},
		{"TVS and ipsec are not multi-server", "S004", one("cucm", cl, topology(ClusterShared), services("tvs", "ipsec")), []string{"count=4"}},
		{"public CA and the end of clientAuth", "FN74345", one("cucm", ca(PublicCA), services("tomcat")), []string{"rule=warning:cucm/client-auth-sunset", "rule=warning:public/client-auth", "rule=warning:public/usages"}},
		{"no public CA for CAPF", "BR", func() Deployment {
			d := one("cucm", services("capf"))
			d.Systems[0].CAFor = map[string]CAKind{"capf": PublicCA}
			return d
		}(), []string{"rule=error:cucm/capf-public"}},
		{"backup afterwards", "S004", one("cucm"), []string{"say=~Make a backup (DRS)"}},
		// 3.3
		{"tomcat-trust is copied", "S004", one("expressway-c").and(one("cucm", cl)), []string{"trust=expressway-c/server>cucm:tomcat-trust@" + pub, "then=~copied to every node by themselves"}},
		{"CallManager-trust is copied", "S004", one("expressway-c").and(one("cucm", cl)), []string{"trust=expressway-c/server>cucm:CallManager-trust@" + pub}},
		{"CAPF-trust is not copied, but deleted everywhere", "S004", one("cucm", cl, services("capf")), []string{"trust=cucm/capf>cucm:CAPF-trust@" + pub + "," + sub, "then=~Deleting it, however, removes it on all servers"}},
		{"CAPF root goes to CallManager-trust", "S004", one("cucm", services("capf")), []string{"trust=cucm/capf>cucm:CallManager-trust"}},
		{"subscribers checked by hand", "S000", one("cucm", services("tomcat")), []string{"then=~look on each subscriber"}},
		{"Intercluster Sync Agent", "IMP-1251", one("imp", services("cup-xmpp")), []string{"then=utils service restart Cisco Intercluster Sync Agent", "then=~Connection is secure"}},
		// 3.4
		{"tomcat restarts", "S004, CUCM-CA, CUCM-SELF", one("cucm", cl, services("tomcat")), []string{"do@" + pub + ", " + sub + "=utils service restart Cisco Tomcat", "do=utils service restart Cisco DRF Local", "say=~Restart Cisco TFTP"}},
		{"tomcat and SSO", "CUCM-SAN", one("cucm", services("tomcat")), []string{"say=~Single sign-on in use?"}},
		{"CallManager in mixed mode", "S004, CUCM-CA", one("cucm", cl, services("callmanager")).with(MixedMode), []string{"do@" + pub + "=utils ctl update CTLFile"}},
		{"CallManager outside mixed mode", "S004", one("cucm", services("callmanager")), []string{"!do=utils ctl update CTLFile", "say=~Cisco CTIManager", "say=~All phones must reset"}},
		{"CAPF restarts", "S004, CUCM-CA", one("cucm", services("capf")).with(MixedMode), []string{"do=utils ctl update CTLFile", "say=~Certificate Authority Proxy Function", "say=~802.1X"}},
		{"ipsec restarts", "CUCM-CA", one("cucm", services("ipsec")), []string{"do=utils service restart Cisco DRF Master", "say=~no backup or restore is running", "trust=cucm/ipsec>cucm:ipsec-trust"}},
		{"TVS comes last", "CUCM-CA, CUCM-SELF", one("cucm", services("tvs")), []string{"say=~TVS comes last", "trust=cucm/tvs>cucm:TVS-trust"}},
		{"never CallManager and TVS together", "CUCM-CA, CUCM-15TS", one("cucm", services("callmanager", "tvs")), []string{"rule=warning:plan/not-together", "rule=warning:cucm/callmanager-tvs"}},
		{"cup restarts", "IMP-1251", one("imp", services("cup")), []string{"say=~Cisco SIP Proxy and Cisco Presence Engine", "trust=imp/cup>imp:cup-trust"}},
		{"cup-xmpp restarts", "IMP-1251", one("imp", services("cup-xmpp")), []string{"do=utils service restart Cisco XCP Router", "trust=imp/cup-xmpp>imp:cup-xmpp-trust"}},
		{"cup-xmpp-s2s: domains and wildcard", "IMP-1251", one("imp", services("cup-xmpp-s2s")).with(XMPPFederation).domains("example.com", "example.org"),
			[]string{"san=dns:example.com", "san=dns:*.example.org", "!rule=error:names/wildcard", "do=~System > Security > Settings", "do=utils service restart Cisco XCP XMPP Federation Connection Manager"}},
		{"cup-xmpp-s2s: domains are asked for", "IMP-1251", one("imp", services("cup-xmpp-s2s")), []string{"missing=domains"}},
		{"IM&P with federation needs s2s", "IMP-1251", one("imp").with(XMPPFederation).domains("example.com"), []string{"profile=imp/cup-xmpp-s2s", "profile=imp/tomcat", "profile=imp/cup", "profile=imp/cup-xmpp"}},
		{"EC ciphers are off by default", "S004", one("cucm", services("tomcat-ecdsa")), []string{"rule=info:cucm/ec-ciphers"}},
		{"ECDSA and Expressway X14.2", "EWY-ATS", one("cucm", services("tomcat-ecdsa")).with(MRA), []string{"rule=info:cucm/ecdsa-expressway"}},
		{"secure registration: two handshakes", "S000", one("cucm", services("callmanager")).with(MRA), []string{"rule=info:cucm/both-handshakes"}},
		{"Unity Connection tomcat", "FN74345", one("unity-connection"), []string{"unity-connection/tomcat:use=serverAuth", "unity-connection/tomcat:use=clientAuth", "say=~Connection Conversation Manager"}},
		{"Unity Connection multi-server", "practice", one("unity-connection", cl, topology(ClusterShared)), []string{"count=1", "cn=pub-ms.example.com"}},
		{"IM&P trusts CUCM tomcat (remote node)", "S004", one("cucm").and(one("imp")), []string{"trust=cucm/tomcat>imp:tomcat-trust", "trust=imp/tomcat>cucm:tomcat-trust"}},
	}
	runRows(t, rows)
}
