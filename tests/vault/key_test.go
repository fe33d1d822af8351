package vault

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
)

var unwrapLine = regexp.MustCompile(`umask 077; .*vault unwrap .*`)

// TestKeyIsNeverInTheBot: a certificate is asked for, approved, signed and its key
// handed over; the requester opens it with the very command that the bot sent; it
// fits the certificate, and no piece of it is in the memory of the process, nor in
// its files.
func TestKeyIsNeverInTheBot(t *testing.T) {
	server := vaultServer(t)
	w := newWorld(t)
	w.useVault(server, true)
	w.serve()
	st := w.stage()
	request(st, "REQ-1", "expc1.example.com")
	ella := st.As("ella")
	ella.Sees("REQ-1", "is here")

	certificate := attachment(t, w, ella, ".cert.pem")
	card := ella.WaitMessage(func(m slacksim.Message) bool { return slices.Contains(m.Buttons(), "Get the private key…") }, st.Patience, "a card with the key")
	ella.Clicks(card, "Get the private key…")
	message := ella.Sees("vault unwrap")
	line := unwrapLine.FindString(asCopied(message.Shown()))
	if line == "" {
		t.Fatalf("no command in %q", message.Shown())
	}

	memory := vaulttest.Memory(t, w.cmd.Process.Pid)
	key := unwrap(t, server.CAFile, line)
	if got, want := vaulttest.OpenSSL(t, key, "pkey", "-pubout"), vaulttest.OpenSSL(t, certificate, "x509", "-noout", "-pubkey"); got != want {
		t.Error("openssl: the key does not fit the certificate")
	}
	// The search finds what is there.
	for _, there := range []string{"expc1.example.com", "xoxb-", "countersign-transit"} {
		if !bytes.Contains(memory, []byte(there)) {
			t.Fatalf("%q is not in memory: this is not the memory of the bot", there)
		}
	}
	later := vaulttest.Memory(t, w.cmd.Process.Pid)
	files := filesOf(t, filepath.Join(w.dir, "data"))
	for i, piece := range piecesOf(t, key) {
		for where, data := range map[string][]byte{"memory": memory, "memory afterwards": later, "files": files, "log": []byte(w.log.String())} {
			if bytes.Contains(data, piece) {
				t.Errorf("piece %d of the private key is in %s", i, where)
			}
		}
	}

	// Who watches sees it.
	_, metrics := w.get("/metrics")
	for _, want := range []string{"countersign_ready 1\n", `countersign_requests{state="issued"} 1` + "\n", "countersign_outbox_dead 0\n",
		`countersign_effects_begun_total{kind="issue",lane="work"} 1` + "\n", `countersign_vault_logged_in{identity="releaser"} 1` + "\n",
		`countersign_vault_token_expires_seconds{identity="writer"} `} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics has no %q:\n%s", want, metrics)
		}
	}

	// It opens once.
	if again, says := unwrapping(t, server.CAFile, line); len(again) > 0 || !strings.Contains(says, "wrapping token is not valid") {
		t.Errorf("a second opening gave %d bytes and said %q", len(again), says)
	}
	// The audit record is chained with a key that is in Vault.
	verify := w.command("audit", "verify", "--config", w.file())
	verify.Env = append(verify.Env, "VAULT_TOKEN="+server.Token) // a person's own: the bot's secret-id has opened
	if out, err := verify.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("The audit record holds")) {
		t.Errorf("audit verify: %v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "data", "custody")); err == nil {
		t.Error("the embedded custody was made although nothing uses it")
	}
}

// asCopied is a message's text as a person copies it from Slack: links without their
// marks, no code marks, entities as characters.
func asCopied(text string) string {
	text = regexp.MustCompile(`<(https?://[^>|]+)>`).ReplaceAllString(text, "$1")
	return html.UnescapeString(strings.ReplaceAll(text, "`", ""))
}

// attachment gives the bytes of the newest file that ends so, as the person would
// download it.
func attachment(t *testing.T, w *world, who *slacksim.Actor, suffix string) []byte {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		messages := who.Messages()
		slices.Reverse(messages)
		for _, m := range messages {
			for i, name := range m.Files {
				if strings.HasSuffix(name, suffix) {
					return w.download(m.FileIDs[i], name)
				}
			}
		}
	}
	t.Fatalf("no file %s\n%s", suffix, w.log)
	return nil
}

func (w *world) download(id, name string) []byte {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.URL()+"/files-pri/T0ACME-"+id+"/"+url.PathEscape(name), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.App().BotToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("download %s: %s, %v", name, resp.Status, err)
	}
	return raw
}

// unwrap opens a key, which must work.
func unwrap(t *testing.T, ca, line string) []byte {
	t.Helper()
	key, says := unwrapping(t, ca, line)
	if len(key) == 0 || says != "" {
		t.Fatalf("%d bytes came; the command says %q", len(key), says)
	}
	return key
}

// unwrapping runs the bot's command as its receiver would, and gives the file that it
// makes and what it says.
func unwrapping(t *testing.T, ca, line string) (key []byte, says string) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "VAULT_CACERT="+ca, "PATH="+vaultOnPath(t)+":"+os.Getenv("PATH"), "HOME="+dir)
	out, _ := cmd.CombinedOutput() // a pipe has the status of its last part
	made, err := filepath.Glob(filepath.Join(dir, "*.key"))
	if err != nil || len(made) != 1 {
		t.Fatalf("the command made %v (%v) and says %s", made, err, out)
	}
	info, err := os.Stat(made[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the key file: %v (%v)", info.Mode(), err)
	}
	if key, err = os.ReadFile(made[0]); err != nil {
		t.Fatal(err)
	}
	return key, string(out)
}

// vaultOnPath gives a directory in which "vault" is the binary under test.
func vaultOnPath(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(hashicorptest.Binary(t), filepath.Join(dir, "vault")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// piecesOf are the secret numbers of a key in both byte orders, and lines of its PEM.
func piecesOf(t *testing.T, text []byte) [][]byte {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatal("no key came")
	}
	var numbers [][]byte
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		numbers = [][]byte{key.D.Bytes()[:32], key.Primes[0].Bytes()[:32], key.Primes[1].Bytes()[:32]}
	} else if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		numbers = [][]byte{ecNumber(t, key)}
	} else if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		switch k := key.(type) {
		case *rsa.PrivateKey:
			numbers = [][]byte{k.D.Bytes()[:32], k.Primes[0].Bytes()[:32]}
		case *ecdsa.PrivateKey:
			numbers = [][]byte{ecNumber(t, k)}
		}
	}
	if len(numbers) == 0 {
		t.Fatal("a key of an unknown form")
	}
	pieces := [][]byte{bytes.Split(text, []byte("\n"))[1][:40]}
	for _, n := range numbers {
		back := slices.Clone(n)
		slices.Reverse(back)
		pieces = append(pieces, n, back)
	}
	return pieces
}

func ecNumber(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	raw, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func filesOf(t *testing.T, dir string) []byte {
	t.Helper()
	var all []byte
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		all = append(all, raw...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only its number is wanted
	return l.Addr().String()
}
