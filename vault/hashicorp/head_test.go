package hashicorp_test

import (
	"testing"

	"countersign/tests/hashicorptest"
	"countersign/tests/vaulttest"
	"countersign/vault/hashicorp"
)

func TestHead(t *testing.T) {
	s := hashicorptest.Start(t)
	recorder := hashicorptest.Session(t, s, "recorder")
	vaulttest.ExerciseHead(t, func() vaulttest.Noter { return &hashicorp.Custody{Recorder: recorder} })

	// Deleting it, which only an administrator can, does not make it as if there had been none.
	c := &hashicorp.Custody{Recorder: recorder}
	if _, err := rootClient(t, s).Logical().Delete("countersign-kv/data/record/head"); err != nil {
		t.Fatal(err)
	}
	if got := vaulttest.Fault(t, c.NoteHead(t.Context(), []byte("1")), false).Text().Key; got != "vault.head.deleted" {
		t.Errorf("refused with %s", got)
	}
}

// TestRecorderAlone: the audit key and the noted head are the recorder's, and without
// that identity nobody's.
func TestRecorderAlone(t *testing.T) {
	s := shared(t)
	c, _ := hashicorptest.Vault(t, s)
	key, err := c.AuditKey()
	if err != nil || len(key) != 32 {
		t.Fatal(len(key), err)
	}
	none := hashicorp.Custody{Writer: c.Writer, Releaser: c.Releaser, Janitor: c.Janitor}
	for _, other := range []*hashicorp.Session{nil, c.Writer, c.Releaser, c.Janitor} {
		as, want, temporary := &none, "vault.recorder.none", false
		if other != nil {
			as, want, temporary = &hashicorp.Custody{Recorder: other}, "vault.denied", true
		}
		_, err := as.AuditKey()
		_, _, reading := as.NotedHead(t.Context())
		for i, err := range []error{err, reading, as.NoteHead(t.Context(), []byte("1"))} {
			if got := vaulttest.Fault(t, err, temporary).Text().Key; got != want {
				t.Errorf("%d: %s, want %s", i, got, want)
			}
		}
	}
}
