package endurance

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// What people paste that they should not have is recognised, answered, and kept
// nowhere: not stored, not logged, not said again.
func TestPastedSecrets(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	needles, _ := haystack(t, "the pasted key", []byte(text))
	token := "xoxb-" + "123456789012-1234567890123-" + "AbCdEfGhIjKlMnOpQrStUvWx"
	password := "Tr0ub4dor-and-3-more"
	needles = append(needles, needle{"the pasted token", []byte(token[20:])}, needle{"the pasted password", []byte(password)})
	log := "2026-11-21T04:00:00Z https request Authorization: Bearer " + token + "\npassword=" + password +
		"\nSSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48"

	ella := st.As("ella")
	ella.Says("here is my key\n```" + text + "```") // in the direct message
	ella.Sees("holds a private key", "Delete the message now")
	in := ella.In(product.Requests).InThread(ella.In(product.Requests).Says("@Countersign what is wrong with this?\n" + text))
	in.Sees("holds a private key")
	st.As("sam").Says(log)
	st.As("sam").Sees("48")
	st.As("sam").Uploads("expressway.log", []byte(log+"\n"+text), "and this is the whole log")
	st.As("sam").WaitMessage(func(m slacksim.Message) bool { return len(m.Shown()) > 40 }, st.Patience, "an answer to the file")
	ella.In(product.Requests).Runs("/cert diagnose " + strings.ReplaceAll(log, "\n", " "))
	ella.In(product.Requests).Runs("/cert inspect " + strings.ReplaceAll(text, "\n", " "))
	ella.In(product.Requests).Runs("/cert new")
	v := ella.SeesModal("Product")
	ella.ChoosesIn(v, "Product", "generic")
	ella.Submits(ella.SeesModal("TLS server"), map[string]any{"Service": []string{"tls-server"}})
	ella.Submits(ella.SeesModal("Node (FQDN)"), map[string]any{"Node (FQDN)": "portal.example.org", "Topology": "single"})
	v = ella.SeesModal("Why is it needed?")
	if r := ella.Submits(v, map[string]any{"Signed by": "private", "Why is it needed?": "key: " + text}); r.OK() {
		t.Error("a private key was taken as the purpose of a request")
	}
	w.Settled(st.Patience)
	p.Stop()
	w.Healthy()

	for _, name := range []string{"data", "product.log"} {
		path := filepath.Join(w.Dir, name)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			scanTree(t, path, needles)
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range scan(data, needles) {
			t.Errorf("%s holds %s", name, what)
		}
	}
	said := 0
	for _, call := range saidByApp(t, filepath.Join(w.Dir, "transcript.jsonl")) {
		said++
		for _, what := range scan(call, needles) {
			t.Errorf("the product said again %s: %.300s", what, call)
		}
	}
	if said < 10 {
		t.Errorf("only %d calls of the product were looked at", said)
	}
}

// saidByApp are the payloads of what the product itself sent: API calls, and answers
// in acknowledgements.
func saidByApp(t *testing.T, transcript string) (out [][]byte) {
	t.Helper()
	f, err := os.Open(transcript)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // read only
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var e slacksim.Entry
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		switch e.Direction {
		case slacksim.FromApp:
			out = append(out, e.Payload)
		case slacksim.ToApp:
			out = append(out, e.Response)
		case slacksim.ByPerson:
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
