package check

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
)

// A private key that comes in leaves no trace in what comes out, and the copy that
// Read made of it is wiped.
func TestPrivateKeysAreNotKept(t *testing.T) {
	key := testKey(t)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"PRIVATE KEY", "CERTIFICATE"} { // also when mislabelled
		in := pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
		m, fs := Read("key.pem", in, ReadOptions{})
		if len(m.Items) != 1 || m.Items[0].Kind != PrivateKey || !hasRule(fs, "read.private-key") {
			t.Fatalf("%v", rulesOf(fs))
		}
		facts := Inspect(m.Items[0], now)
		out, err := json.Marshal([]any{m, fs, facts, Match(m.Items), InspectAll(m, fs, now)})
		if err != nil {
			t.Fatal(err)
		}
		all := string(out) + fmt.Sprintf("%+v %#v", m.Items[0], facts)
		for _, trace := range []string{string(secret), fmt.Sprintf("%x", secret), strings.Split(string(in), "\n")[1]} {
			if strings.Contains(strings.ToLower(all), strings.ToLower(trace)) {
				t.Errorf("%s: the key is in the result", label)
			}
		}
	}
	r := &reader{limits: Limits{}.orDefault()}
	copied := bytes.Clone(der)
	r.privateKey(copied, Place{})
	r.wipeKeys(0, false, copied)
	if bytes.Contains(copied, secret) {
		t.Error("the copy was not wiped")
	}
}
