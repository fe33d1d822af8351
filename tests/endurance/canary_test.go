package endurance

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// privateKeys decrypts the embedded custody with its key file, and gives every private
// key that this run made: those of the requests and those of the CA, in PEM.
func privateKeys(t *testing.T, custody string) map[string][]byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(custody, "custody.key"))
	if err != nil {
		t.Fatal(err)
	}
	identities, err := age.ParseIdentities(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	names, err := filepath.Glob(filepath.Join(custody, "keys", "*.age"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, filepath.Join(custody, "ca.age")) {
		sealed, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(bytes.NewReader(sealed), identities...)
		if err != nil {
			t.Fatal(err)
		}
		if out[filepath.Base(name)], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// haystack are the needles of all keys in a PEM file.
func haystack(t *testing.T, name string, text []byte) (needles []needle, keys int) {
	t.Helper()
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "PRIVATE KEY" {
			continue
		}
		keys++
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		for part, number := range secretNumbers(t, key) {
			needles = append(needles, needlesOf(name+" "+part, number)...)
		}
	}
	return needles, keys
}

// TestNoPrivateKeyLeaks is a full run, hand-overs through the product's page included,
// after which the bytes of no private key are in any file, message or log (design,
// section 12, invariant 4).
func TestNoPrivateKeyLeaks(t *testing.T) {
	w, p := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}})
	st := stage(t, w)
	for n, host := range []string{"rsa.example.org", "ec.example.org"} {
		id, _ := approvedWith(t, st, host, []string{"key RSA 3072", "key ECDSA 256"}[n])
		mine := st.As("ella").Sees(id+" · "+host, "Get the private key…")
		st.As("ella").Clicks(mine, "Get the private key…")
		link := keyLink.FindStringSubmatch(st.As("ella").Sees(id, "can be opened once").Shown())
		if _, page := get(t, link[1]); !strings.Contains(page, "<form") || strings.Contains(page, "PRIVATE") {
			t.Errorf("the page: %s", page)
		}
		status, key, err := open(link)
		if err != nil || status != http.StatusOK {
			t.Fatalf("open the hand-over: %d %v", status, err)
		}
		if r := w.Read().Requests[n]; !fits(key, r.Cert) {
			t.Errorf("%s: the key that was handed over is not the certificate's", id)
		}
		if status, again, _ := open(link); status != http.StatusGone || bytes.Contains(again, []byte("PRIVATE")) {
			t.Errorf("%s: opened a second time: %d", id, status)
		}
	}
	w.Settled(st.Patience)
	keys := privateKeys(t, filepath.Join(w.Data(), "custody"))
	var needles []needle
	made := 0
	for name, text := range keys {
		some, n := haystack(t, name, text)
		needles, made = append(needles, some...), made+n
	}
	if made != 4 {
		t.Fatalf("%d private keys, want those of two requests, of the root and of the issuing CA", made)
	}
	live := scanTree(t, w.Dir, needles) // while the product runs: the log and the database's log are there
	if _, err := os.Stat(w.Database() + "-wal"); err != nil {
		t.Errorf("the database's log was not among them: %v", err)
	}
	for _, at := range []*slacksim.Actor{st.As("ella"), st.As("anselm"), st.As("ella").In(product.Requests), st.As("anselm").In(product.Approvals)} {
		for _, m := range at.Messages() {
			for _, what := range scan(m.Raw, needles) {
				t.Errorf("a message holds %s", what)
			}
		}
	}
	p.Stop()
	if files := scanTree(t, w.Dir, needles); files < 10 || live < 10 {
		t.Errorf("only %d and %d files were read", live, files)
	}
	w.Healthy()

	// The product's own secrets are in its environment and its key file, nowhere else.
	app := w.App()
	raw, err := os.ReadFile(filepath.Join(w.Data(), "custody", "custody.key"))
	if err != nil {
		t.Fatal(err)
	}
	identity := []byte(strings.TrimSpace(string(raw[bytes.Index(raw, []byte("AGE-SECRET-KEY-")):])))
	for _, path := range []string{w.Database(), w.Log(), filepath.Join(w.Dir, "transcript.jsonl")} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range [][]byte{identity, []byte(app.BotToken), []byte(app.AppToken)} {
			if bytes.Contains(data, secret) {
				t.Errorf("%s holds a secret of the product's own", filepath.Base(path))
			}
		}
	}
}

// approvedWith is approved for ella, with a key of a kind.
func approvedWith(t *testing.T, st *slacksim.Stage, host, key string) (id string, card slacksim.Message) {
	t.Helper()
	place := st.As("ella").In(product.Requests)
	in := place.InThread(place.Says("@Countersign I need a certificate for our nginx reverse proxy " + host + ", internal CA, " + key))
	in.Sees("Why is it needed?")
	in.Says("Key of another kind")
	in.Clicks(in.Sees("The plan", host), "Send for approval")
	card = st.As("anselm").In(product.Approvals).Sees("Certificate request", host)
	id = requestID.FindString(card.Shown())
	st.As("anselm").In(product.Approvals).Clicks(card, "Approve")
	st.As("ella").Sees(id, "is here")
	return id, card
}

// The canary must be able to sing: a key planted in any shape is found.
func TestCanaryFindsKeys(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	needles, keys := haystack(t, "planted", text)
	if keys != 1 {
		t.Fatalf("%d keys", keys)
	}
	body := base64.StdEncoding.EncodeToString(der)
	scalar := secretNumbers(t, key)["scalar"]
	for name, leak := range map[string]string{
		"DER": string(der), "PEM": string(text), "PEM in JSON": strings.ReplaceAll(string(text), "\n", `\n`), "base64": body,
		"base64url": base64.RawURLEncoding.EncodeToString(der), "base64 in narrow lines": strings.Join(strings.SplitAfter(body, ""), "\n"),
		"hex": hex.EncodeToString(der), "HEX": strings.ToUpper(hex.EncodeToString(der)), "colons": colons(der), "scalar": string(scalar),
		"decimal": key.D.String(), //nolint:staticcheck // what a careless log would print
		"shifted": base64.StdEncoding.EncodeToString(append([]byte("x"), der...)), "shifted by two": base64.StdEncoding.EncodeToString(append([]byte("xy"), der...)),
		"twenty-four bytes": string(scalar[4:28]),
	} {
		if len(scan([]byte("before "+leak+" after"), needles)) == 0 {
			t.Errorf("a key leaked as %s is not found", name)
		}
	}
	if found := scan([]byte("nothing here "+base64.StdEncoding.EncodeToString(make([]byte, 600))), needles); len(found) > 0 {
		t.Errorf("found %v where nothing is", found)
	}
}
