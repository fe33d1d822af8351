package vault

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"countersign/vault/hashicorp/devserver"
)

type line struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

// doctor runs it and gives its exit status and lines.
func (w *world) doctor() (int, []line) {
	w.t.Helper()
	cmd := w.command("doctor", "--json", "--config", w.file())
	var problem bytes.Buffer
	cmd.Stderr = &problem
	raw, _ := cmd.Output() // its status follows
	var report struct {
		Checks []line `json:"checks"`
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		w.t.Fatalf("%v: %s%s", err, raw, problem.Bytes())
	}
	return cmd.ProcessState.ExitCode(), report.Checks
}

func find(lines []line, name string) []line {
	var found []line
	for _, l := range lines {
		if l.Name == name {
			found = append(found, l)
		}
	}
	return found
}

// TestDoctorAtVault: a Vault as deploy/vault sets it up is healthy; each ailment is
// found, with what to do; and the Vault is as it was afterwards.
func TestDoctorAtVault(t *testing.T) {
	server := vaultServer(t)
	w := newWorld(t)
	w.useVault(server, false)
	if status, lines := w.doctor(); status != 0 {
		t.Fatalf("status %d at a healthy Vault: %+v", status, lines)
	} else {
		for _, name := range []string{"custody vault: login writer", "custody vault: rights releaser", "custody vault: kv version", "custody vault: clock",
			"issuer vault: ca certificate", "issuer vault: crl", "issuer vault: role countersign-server-client-ds-ke", "audit key"} {
			if len(find(lines, name)) == 0 {
				t.Errorf("%s is not looked at: %+v", name, lines)
			}
		}
	}
	for name, ail := range map[string]struct {
		run        []string // paths and data for Vault, by the root token
		data       map[string]any
		line, says string
	}{
		"a right is missing": {[]string{"sys/policies/acl/countersign-janitor"}, map[string]any{"policy": `path "countersign-kv/data/handovers/+" { capabilities = ["create", "read"] }`},
			"custody vault: rights janitor", "may not update countersign-transit/keys/any/config"},
		"a right too many": {[]string{"sys/policies/acl/countersign-writer"}, map[string]any{"policy": policyOf(t, "writer") + `path "countersign-transit/export/*" { capabilities = ["read"] }`},
			"custody vault: rights writer", "may read countersign-transit/export/signing-key/any/latest in Vault, which it must not"},
		"the role is gone": {[]string{"delete", "countersign-pki/roles/countersign-server-client-ds-ke"}, nil,
			"issuer vault: role countersign-server-client-ds-ke", "has no role countersign-server-client-ds-ke"},
	} {
		t.Run(name, func(t *testing.T) {
			change(t, server, ail.run, ail.data)
			defer func() {
				if err := server.Setup(t.Context(), []string{"example.com", "example.org"}, subject); err != nil {
					t.Error(err)
				}
			}()
			status, lines := w.doctor()
			if status != 1 {
				t.Errorf("status %d, want 1", status)
			}
			for _, l := range find(lines, ail.line) {
				if !l.OK && strings.Contains(l.Text, ail.says) {
					return
				}
			}
			t.Errorf("no line %q with %q: %+v", ail.line, ail.says, lines)
		})
	}
	t.Run("sealed", func(t *testing.T) {
		if err := server.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := server.Unseal(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		_, lines := w.doctor()
		if found := find(lines, "custody vault: login writer"); len(found) != 1 || found[0].OK || !strings.Contains(found[0].Text, "sealed") {
			t.Errorf("%+v", found)
		}
	})
	t.Run("a wrapped secret-id is left alone", func(t *testing.T) {
		w := newWorld(t)
		w.useVault(server, true)
		for range 2 {
			if status, lines := w.doctor(); status != 0 {
				t.Fatalf("status %d: %+v", status, lines)
			}
		}
		w.serve() // it is still good
	})
}

func policyOf(t *testing.T, identity string) string {
	t.Helper()
	raw, err := os.ReadFile("../../deploy/vault/" + identity + ".hcl")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func change(t *testing.T, s *devserver.Server, run []string, data map[string]any) {
	t.Helper()
	client, err := s.Client(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	if run[0] == "delete" {
		_, err = client.Logical().DeleteWithContext(t.Context(), run[1])
	} else {
		_, err = client.Logical().WriteWithContext(t.Context(), run[0], data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestStartWithoutVault: the product waits, says for what, and goes on by itself.
func TestStartWithoutVault(t *testing.T) {
	server := vaultServer(t)
	w := newWorld(t)
	w.useVault(server, true)
	if err := server.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.start()
	if reason := w.ready(false, 20*waitStep); !strings.Contains(reason, "sealed") && !strings.Contains(reason, "starting") {
		t.Errorf("the reason is %s", reason)
	}
	w.reason("is sealed")
	if status, _ := w.get("/healthz"); status != 204 {
		t.Errorf("/healthz says %d while it waits", status)
	}
	if err := server.Unseal(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.ready(true, 60*waitStep)

	// A restart finds the wrapped secret-id used up: it says so, and takes a new one.
	w.stop()
	w.start()
	w.reason("is used up or expired")
	if _, err := server.AppRole(t.Context(), "writer"); err != nil { // puts a fresh one into the same file
		t.Fatal(err)
	}
	for _, who := range []string{"releaser", "janitor", "recorder", "revoker"} {
		if _, err := server.AppRole(t.Context(), who); err != nil {
			t.Fatal(err)
		}
	}
	w.ready(true, 60*waitStep)
}
