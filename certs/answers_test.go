package certs

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadDeployment(t *testing.T) {
	const asYAML = `
name: MRA
environment: production
domains: [example.com]
features: [mra]
subject: {O: Example Ltd, C: GB}
systems:
  - product: expressway-e
    version: X15.5
    topology: cluster
    nodes: [expe1.example.com, expe2.example.com]
    cluster_fqdn: expe.example.com
    ca: public
    ca_for: {client: private}
    key: {type: rsa, size: 4096}
    own_csr: true
    days: 90
`
	const asJSON = `{"name": "MRA", "environment": "production", "domains": ["example.com"], "features": ["mra"],
	"subject": {"O": "Example Ltd", "C": "GB"},
	"systems": [{"product": "expressway-e", "version": "X15.5", "topology": "cluster", "nodes": ["expe1.example.com", "expe2.example.com"],
		"cluster_fqdn": "expe.example.com", "ca": "public", "ca_for": {"client": "private"}, "key": {"type": "rsa", "size": 4096}, "own_csr": true, "days": 90}]}`
	y, err := ReadDeployment(strings.NewReader(asYAML))
	if err != nil {
		t.Fatal(err)
	}
	j, err := ReadDeployment(strings.NewReader("\uFEFF" + asJSON))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(y, j) || y.Systems[0].Days != 90 || y.Systems[0].CAFor["client"] != PrivateCA {
		t.Errorf("YAML %+v\nJSON %+v", y, j)
	}
}

func TestReadDeploymentRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "the answers are empty",
		"systems:\n  - produkt: cucm":   "line 2: field produkt not found",
		"systems:\n  - product: [cucm]": "line 2: a list does not belong here",
		"systems: [":                    "line 1",
		"systems: []\nsystems: []":      "already defined",
		"systems: []\n---\nsystems: []": "more than one document",
		"{\n\"systems\": [\n{\"produkt\": \"cucm\"}]}":                     "line 3: unknown field \"produkt\"",
		"{\"systems\": [{\"product\": 7}]}":                                "systems.product: a number does not belong here",
		"{\"systems\": [":                                                  "the file ends in the middle",
		"{\"systems\": []} trailing":                                       "something follows",
		"{\"systems\": [], \"systems\": [{}]}":                             "already defined",
		"{\"systems\": [{\"nodes\": \"a\"}]}":                              "systems.nodes: a string does not belong here",
		"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b]": "not found",
		"systems: secret-password":                                         "line 1: a text does not belong here",
		strings.Repeat("x", MaxAnswers+1):                                  "larger than",
		"# " + strings.Repeat("secret", 10) + "\nproduct: secret-password": "field product not found",
	} {
		_, err := ReadDeployment(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%.40q: the input is repeated: %v", text, err)
		}
	}
}
