package certs

import "testing"

func TestCMSRules(t *testing.T) {
	three := nodes("c1.example.com", "c2.example.com", "c3.example.com")
	db := one("cms", three, services("dbserver"))
	runRows(t, []row{
		// domain.md 4.1
		{"pki csr syntax", "S003", one("cms", own, services("callbridge")).subject(Subject{O: "Example Ltd", OU: "IT", ST: "Kent", C: "GB"}),
			[]string{`do=pki csr callbridge-20261121 CN:a.example.com OU:IT O:"Example Ltd" ST:Kent C:GB subjectAltName:a.example.com`}},
		{"pki csr takes no L", "S003", one("cms", own, services("callbridge")).subject(Subject{L: "London"}), []string{"do=pki csr callbridge-20261121 CN:a.example.com subjectAltName:a.example.com"}},
		{"CN repeated in the SAN", "S003", one("cms", services("webadmin")), []string{"cn=a.example.com", "san=dns:a.example.com"}},
		{"C has two letters", "S003, RFC 5280", one("cms").subject(Subject{C: "GBR"}), []string{"rule=error:subject/country"}},
		{"SAN takes IP and e-mail", "S003", one("cms", services("webadmin"), names("10.0.0.1", "ops@example.com")), []string{"san=ip:10.0.0.1", "san=email:ops@example.com"}},
		{"wildcard possible", "S003", one("cms", services("callbridge"), names("*.example.com")), []string{"san=dns:*.example.com", "!rule=error:names/wildcard"}},
		{"one for all: cluster FQDN, servers, join host", "S003", one("cms", three, topology(ClusterShared), cluster("cms.example.com"), services("webbridge3"), names("join.example.com")),
			[]string{"count=1", "cn=cms.example.com", "san=dns:c1.example.com", "san=dns:c3.example.com", "san=dns:join.example.com", "san=dns:cms.example.com"}},
		{"one for several services of one server", "S003", one("cms", ver("3.9"), names("join.example.com"), func(s *System) { s.OneCertificate = true }),
			[]string{"count=1", "profile=cms/webadmin", "cms/webadmin:san=dns:join.example.com", "cms/webadmin:use=clientAuth", "do=callbridge certs webadmin-20261121.key webadmin-20261121.crt webadmin-20261121-bundle.crt",
				"do=webbridge3 https certs webadmin-20261121.key webadmin-20261121-chain.crt"}},
		{"one for several, but the database", "S003", one("cms", three, func(s *System) { s.OneCertificate = true }), []string{"count=6"}},
		{"cluster name is asked for when shared", "S003", one("cms", three, topology(ClusterShared), services("callbridge")), []string{"missing=cluster_fqdn"}},
		{"webadmin", "S003", one("cms", own, services("webadmin")), []string{"do=pki csr webadmin-20261121 CN:a.example.com subjectAltName:a.example.com"}},
		{"web bridge 2.x: join host and XMPP domain", "S003", one("cms", ver("2.9"), services("webbridge"), names("join.example.com")).domains("xmpp.example.com"), []string{"san=dns:join.example.com", "san=dns:xmpp.example.com"}},
		{"join host missing", "S003", one("cms", services("webbridge3")), []string{"rule=warning:cms/join-host"}},
		{"TURN and load balancer of a cluster", "S003", one("cms", three, topology(ClusterShared), cluster("cms.example.com"), services("turn", "loadbalancer")), []string{"count=2", "cn=cms.example.com", "san=dns:c2.example.com"}},
		{"XMPP of a cluster", "S003", one("cms", ver("2.9"), three, topology(ClusterShared), cluster("cms.example.com"), services("xmpp")).domains("example.com"), []string{"cn=cms.example.com", "san=dns:example.com", "san=dns:c2.example.com"}},
		{"EKU server and client", "CMS-SC", one("cms", services("callbridge")), []string{"cms/callbridge:use=serverAuth", "cms/callbridge:use=clientAuth"}},
		{"guests need a CA their browsers know", "practice", one("cms", services("webbridge3")), []string{"rule=info:cms/guests-ca"}},
		{"web bridge from a public CA", "CMS-SC, FN74345", one("cms", services("webbridge3"), ca(PublicCA), names("join.example.com")), []string{"cms/webbridge3:may=clientAuth", "!rule=warning:public/client-auth"}},
		{"danger: basename of the active key", "S003", one("cms", own, services("callbridge")), []string{"rule=warning:cms/same-basename", "say=~under a new name"}},
		// 4.2
		{"webadmin commands", "S003", one("cms", services("webadmin")), []string{"do=webadmin disable", "do=webadmin certs webadmin-20261121.key webadmin-20261121.crt webadmin-20261121-bundle.crt", "do=webadmin enable"}},
		{"callbridge commands", "S003", one("cms", services("callbridge")), []string{"do=callbridge certs callbridge-20261121.key callbridge-20261121.crt callbridge-20261121-bundle.crt", "do=callbridge restart"}},
		{"callbridge trusts the web bridge", "CMS-EDGE", one("cms"), []string{"trust=cms/webbridge3>cms:callbridge trust c2w", "do=callbridge trust c2w <web bridge bundle>"}},
		{"callbridge to CUCM and IM&P", "CMS-CUCM", one("cms").and(one("cucm")).and(one("imp")), []string{"trust=cucm/tomcat>cms:callbridge ucm certs", "trust=imp/tomcat>cms:callbridge imps certs",
			"then=callbridge ucm verify enable", "then=callbridge imps verify enable", "trust=cms/callbridge>cucm:CallManager-trust"}},
		{"webbridge 2.x commands", "S003", one("cms", ver("2.9"), services("webbridge")), []string{"do=webbridge disable", "do=webbridge enable"}},
		{"webbridge 2.x trusts the callbridge", "CMS-SC", one("cms", ver("2.9")), []string{"trust=cms/callbridge>cms:webbridge trust"}},
		{"webbridge3 commands", "CMS-EDGE", one("cms", services("webbridge3")), []string{"do=webbridge3 https certs webbridge3-20261121.key webbridge3-20261121-chain.crt",
			"do=webbridge3 c2w certs webbridge3-20261121.key webbridge3-20261121-chain.crt", "do=webbridge3 enable", "do=webbridge3 c2w trust callbridge-bundle.crt"}},
		{"webbridge3 trusts the callbridge", "CMS-EDGE", one("cms", ver("3.9")), []string{"trust=cms/callbridge>cms:webbridge3 c2w trust"}},
		{"webbridge3 before 3.0", "S003", one("cms", ver("2.9"), services("webbridge3")), []string{"rule=error:cms/webbridge3-version"}},
		{"web bridge and XMPP in 3.x", "S003", one("cms", ver("3.9"), services("webbridge", "xmpp")).domains("example.com"), []string{"rule=error:cms/not-in-3"}},
		{"XMPP, version unknown", "S003", one("cms", services("xmpp")).domains("example.com"), []string{"rule=warning:cms/version-unknown", "!rule=error:cms/not-in-3"}},
		{"xmpp commands", "S003", one("cms", ver("2.9"), services("xmpp")).domains("example.com"), []string{"do=xmpp disable", "do=xmpp certs xmpp-20261121.key xmpp-20261121.crt xmpp-20261121-bundle.crt", "do=xmpp enable"}},
		{"turn commands", "S003", one("cms", services("turn")), []string{"do=turn disable", "do=turn certs turn-20261121.key turn-20261121.crt turn-20261121-bundle.crt", "do=turn enable"}},
		{"load balancer: no install command known", "S003", one("cms", services("loadbalancer")), []string{"rule=info:cms/loadbalancer-command"}},
		{"checks on the box", "S003", one("cms", services("turn")), []string{"do=pki inspect turn-20261121.crt", "do=pki match turn-20261121.key turn-20261121.crt", "do=pki verify turn-20261121.crt turn-20261121-bundle.crt"}},
		{"defaults of 3.x", "S003", one("cms", ver("3.9")), []string{"profile=cms/webadmin", "profile=cms/callbridge", "profile=cms/webbridge3", "!profile=cms/webbridge", "!profile=cms/dbserver"}},
		{"defaults of 2.x", "S003", one("cms", ver("2.9")), []string{"profile=cms/webbridge", "!profile=cms/webbridge3"}},
		{"further names go to the web bridge", "S003", one("cms", names("join.example.com")), []string{"cms/webbridge3:san=dns:join.example.com", "!cms/webadmin:san=dns:join.example.com", "!cms/callbridge:san=dns:join.example.com"}},
		// 4.4, step by step
		{"database: needed in a cluster since 2.7", "S003", one("cms", three, ver("2.9")), []string{"profile=cms/dbca", "profile=cms/dbserver", "profile=cms/dbclient", "rule=info:cms/database-mandatory"}},
		{"database: not before 2.7", "S003", one("cms", three, ver("2.6")), []string{"!profile=cms/dbserver"}},
		{"database 1: remove", "S003", db, []string{"do@c1.example.com, c2.example.com, c3.example.com=database cluster remove"}},
		{"database 2: built-in CA", "S003", db, []string{"do@c1.example.com=pki selfsigned dbca CN:example.com", "cms/dbca:builtin", "cms/dbca:isca", "cms/dbca:use=keyCertSign"}},
		{"database 3: server", "S003", db, []string{"do=pki csr dbserver CN:c1.example.com subjectAltName:c1.example.com,c2.example.com,c3.example.com", "cms/dbserver:san=dns:c2.example.com"}},
		{"database 4: client is postgres", "S003", db, []string{"do=pki csr dbclient CN:postgres", "cn=postgres", "cms/dbclient:use=clientAuth"}},
		{"database 5, 6: sign", "S003", db, []string{"do=pki sign dbserver dbca", "do=pki sign dbclient dbca"}},
		{"database 7: copy", "S003", db, []string{"say=~dbserver.crt and dbserver.key to every database node"}},
		{"database 8-11: primary", "S003", db, []string{"do@c1.example.com=database cluster certs dbserver.key dbserver.crt dbclient.key dbclient.crt dbca.crt", "do@c1.example.com=database cluster localnode a",
			"do@c1.example.com=database cluster initialize", "do@c1.example.com=database cluster status"}},
		{"database 12: join", "S003", db, []string{"do@c2.example.com=database cluster join c1.example.com", "do@c3.example.com=database cluster join c1.example.com", "!do@c1.example.com=database cluster join c1.example.com"}},
		{"database 13: connect only", "S003", db, []string{"do=database cluster certs dbclient.key dbclient.crt dbca.crt", "do=database cluster connect c1.example.com"}},
		{"database from another CA", "practice", func() Deployment {
			d := one("cms", three, services("dbserver", "dbclient"))
			d.Systems[0].CAFor = map[string]CAKind{"dbserver": PrivateCA, "dbclient": PrivateCA}
			return d
		}(), []string{"!cms/dbserver:builtin", "!profile=cms/dbca", "!do=pki sign dbserver dbca", "do=pki csr dbclient CN:postgres"}},
		{"database files are replaced in this order", "S003", db, []string{"say=~Note which node is the database primary"}},
	})
}

func TestGenericRules(t *testing.T) {
	runRows(t, []row{
		{"server", "RFC 5280", one("generic"), []string{"count=1", "profile=generic/tls-server", "generic/tls-server:use=serverAuth", "!generic/tls-server:use=clientAuth", "generic/tls-server:key=ECDSA P-256"}},
		{"client", "RFC 5280", one("generic", services("tls-client")), []string{"generic/tls-client:use=clientAuth", "!generic/tls-client:use=serverAuth"}},
		{"both", "RFC 5280", one("generic", services("mutual-tls"), key("rsa", 3072)), []string{"generic/mutual-tls:use=clientAuth", "generic/mutual-tls:use=serverAuth", "generic/mutual-tls:use?=keyEncipherment", "generic/mutual-tls:key=RSA 3072"}},
		{"no key encipherment with ECDSA", "RFC 8813", one("generic", key("ecdsa", 384)), []string{"!generic/tls-server:use?=keyEncipherment", "generic/tls-server:key=ECDSA P-384"}},
		{"wildcard allowed", "RFC 9525", one("generic", nodes("*.example.com")), []string{"cn=*.example.com", "!rule=error:names/wildcard"}},
		{"no wildcard for a client", "practice", one("generic", services("tls-client"), nodes("*.example.com")), []string{"rule=error:names/wildcard"}},
		{"a node may be an address", "RFC 5280", one("generic", nodes("192.0.2.7")), []string{"san=ip:192.0.2.7", "cn=192.0.2.7"}},
		{"long name: CN left out", "RFC 5280 ub-common-name", one("generic", nodes("a-very-long-host-name-for-one-server.in-a-very-long-subdomain.example.com")), []string{"cn=", "rule=warning:subject/cn-left-out"}},
		{"public: at most 200 days", "BR 6.3.2", one("generic", ca(PublicCA), func(s *System) { s.Days = 397 }), []string{"days=199", "rule=warning:public/days"}},
		{"public: fewer days as wanted", "BR 6.3.2", one("generic", ca(PublicCA), func(s *System) { s.Days = 90 }), []string{"days=90", "!rule=warning:public/days"}},
		{"private: days as wanted", "practice", one("generic", func(s *System) { s.Days = 1000 }), []string{"days=1000"}},
		{"public: internal name", "BR 4.2.2", one("generic", nodes("srv.corp.local"), ca(PublicCA)), []string{"rule=error:names/internal-public"}},
		{"public: private address", "BR 4.2.2", one("generic", names("10.0.0.1"), ca(PublicCA)), []string{"rule=error:names/internal-public"}},
		{"private: internal name", "BR 4.2.2", one("generic", nodes("srv.corp.local")), []string{"!rule=error:names/internal-public"}},
		{"public: e-mail is left out", "BR 7.1.2.7.12", one("generic", names("ops@example.com"), ca(PublicCA)), []string{"rule=warning:names/type-public"}},
		{"public: 300 names", "Let's Encrypt", one("generic", names(manyNames...), ca(PublicCA)), []string{"rule=warning:names/public-limit"}},
		{"private: 300 names", "practice", one("generic", names(manyNames...)), []string{"!rule=warning:names/public-limit"}},
		{"service by another name", "design", one("generic", services("server")), []string{"profile=generic/tls-server", "!rule=error:plan/unknown-service"}},
		{"CA for a service that does not exist", "design", func() Deployment {
			d := one("cms")
			d.Systems[0].CAFor = map[string]CAKind{"toaster": PublicCA, "turn": "mine"}
			return d
		}(), []string{"rule=error:plan/unknown-service", "rule=error:plan/ca"}},
		{"small country letters", "RFC 5280", one("generic").subject(Subject{C: "gb"}), []string{"!rule=error:subject/country"}},
		{"unknown product", "design", one("toaster"), []string{"rule=error:plan/unknown-product", "count=0"}},
		{"unknown service", "design", one("cms", services("toaster")), []string{"rule=error:plan/unknown-service"}},
		{"nothing at all", "design", Deployment{}, []string{"missing=systems", "count=0"}},
		{"no product", "design", Deployment{Systems: []System{{}}}, []string{"missing=product"}},
		{"no nodes", "design", Deployment{Systems: []System{{Product: "cucm"}}}, []string{"missing=nodes"}},
		{"two systems: whose nodes", "design", Deployment{Systems: []System{{Product: "cucm"}, {Product: "imp", Nodes: []string{"i.example.com"}}}}, []string{"missing=cucm.nodes", "!missing=imp.nodes"}},
		{"single with two nodes", "design", one("expressway-e", two, topology(Single)), []string{"rule=error:plan/single-nodes"}},
		{"odd topology", "design", one("generic", topology("ring")), []string{"rule=error:plan/topology"}},
		{"odd CA", "design", one("generic", ca("mine")), []string{"rule=error:plan/ca"}},
		{"odd feature", "design", one("generic").with("teleport"), []string{"rule=error:plan/unknown-feature"}},
		{"node given twice", "RFC 5280", one("generic", nodes("a.example.com", "A.example.com.")), []string{"count=1", "rule=info:names/duplicate", "rule=info:names/trailing-dot"}},
		{"name given twice", "RFC 5280", one("generic", names("b.example.com", "B.EXAMPLE.COM")), []string{"rule=info:names/duplicate"}},
		{"CN over 64 on a box", "RFC 5280 ub-common-name", one("cucm", nodes("a-very-long-host-name-for-one-server.in-a-very-long-subdomain.example.com")), []string{"rule=error:subject/cn-64"}},
		{"IDN in both forms", "RFC 5891", one("generic", nodes("bücher.example.com")), []string{"cn=xn--bcher-kva.example.com", "rule=info:names/idn"}},
		{"key of a kind the service cannot have", "design", one("cucm", key("ecdsa", 256), services("tomcat")), []string{"rule=error:key/not-taken"}},
		{"key wish for a whole system", "design", one("cucm", key("rsa", 4096), services("tomcat", "tomcat-ecdsa")), []string{"cucm/tomcat:key=RSA 4096", "cucm/tomcat-ecdsa:key=ECDSA P-384", "rule=info:key/not-taken", "!rule=error:key/not-taken"}},
		{"ECDSA with data encipherment from a public CA", "RFC 8813", one("cucm", services("tomcat-ecdsa"), ca(PublicCA)), []string{"rule=warning:key/ecdsa-encipherment"}},
	})
}
