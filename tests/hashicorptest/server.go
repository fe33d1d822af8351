package hashicorptest

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
	"countersign/vault/hashicorp/devserver"
)

// Binary gives the path of a vault command: COUNTERSIGN_VAULT, the one on PATH, or
// the one that vault/hashicorp/server/get has built. With none of these the test fails and
// says what to run; with -short it is skipped.
func Binary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("COUNTERSIGN_VAULT"); path != "" {
		return path
	}
	_, here, _, _ := runtime.Caller(0)
	get := filepath.Join(filepath.Dir(here), "..", "..", "vault", "hashicorp", "server", "get")
	out, err := exec.Command(get, "--cached").Output()
	if err != nil {
		if testing.Short() {
			t.Skip("no vault; run vault/hashicorp/server/get")
		}
		t.Fatal("no vault: run vault/hashicorp/server/get once, it builds one in about 8 CPU minutes")
	}
	return strings.TrimSpace(string(out))
}

// Start runs a Vault server for the test, set up for the domains example.com and
// example.org and the subject of Spec, with a CA.
func Start(t testing.TB) *devserver.Server {
	t.Helper()
	s := Empty(t)
	if err := s.Setup(t.Context(), []string{"example.com", "example.org"}, vaulttest.Spec(vaulttest.Kinds[0]).Subject); err != nil {
		t.Fatal(err)
	}
	return s
}

// Empty runs a Vault server with nothing in it.
func Empty(t testing.TB) *devserver.Server {
	t.Helper()
	var log safeBuffer
	s, err := devserver.Start(t.Context(), devserver.Options{Binary: Binary(t), Dir: t.TempDir(), Log: &log})
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	t.Cleanup(func() {
		if err := s.Kill(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Session logs an identity in by AppRole, for as long as the test runs.
func Session(t testing.TB, s *devserver.Server, identity string) *hashicorp.Session {
	t.Helper()
	login, err := s.AppRole(t.Context(), identity)
	if err != nil {
		t.Fatal(err)
	}
	return LoggedIn(t, s.Connection(), identity, login)
}

// LoggedIn starts a session that ends with the test.
func LoggedIn(t testing.TB, server hashicorp.Server, identity string, login hashicorp.Login) *hashicorp.Session {
	t.Helper()
	session, err := hashicorp.NewSession(server, identity, login, slog.New(slog.DiscardHandler), identity == "releaser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return session
}

// Vault gives a custody and an issuer at a server, each with its own identities.
func Vault(t testing.TB, s *devserver.Server) (*hashicorp.Custody, *hashicorp.PKI) {
	t.Helper()
	writer := Session(t, s, "writer")
	c := &hashicorp.Custody{Writer: writer, Releaser: Session(t, s, "releaser"), Janitor: Session(t, s, "janitor"), Recorder: Session(t, s, "recorder")}
	return c, &hashicorp.PKI{Signer: writer, Revoker: Session(t, s, "revoker")}
}

// Unwrap opens a hand-over as its receiver does, with the vault command.
func Unwrap(s *devserver.Server, binary string) func(token string) ([]byte, error) {
	return func(token string) ([]byte, error) {
		cmd := exec.Command(binary, "unwrap", "-format=json")
		cmd.Env = append(os.Environ(), "VAULT_ADDR="+s.Address, "VAULT_CACERT="+s.CAFile, "VAULT_TOKEN="+token)
		var problem bytes.Buffer
		cmd.Stderr = &problem
		raw, err := cmd.Output()
		if err != nil {
			return nil, &unwrapError{problem.String()}
		}
		var answer struct {
			Data struct{ Keys map[string]string }
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return nil, err
		}
		for _, key := range answer.Data.Keys {
			return []byte(key), nil
		}
		return nil, &unwrapError{"no key in the answer"}
	}
}

type unwrapError struct{ says string }

func (e *unwrapError) Error() string { return e.says }

// safeBuffer takes the output of a process that outlives one call.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
