package inbox_test

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows"
)

// TestOverheard: who pastes a private key beside the bot is warned, and whose it is is said to
// those who may use the bot. Nothing of it is kept; what is no key is not even looked up.
func TestOverheard(t *testing.T) {
	ctx := context.Background()
	b := workbench.New(t)
	key, _ := workbench.NewCA(t, "Acme").Leaf("portal.example.org")
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	workbench.Must(t, err)
	sum := sha256.Sum256(public)
	workbench.Must(t, workflows.Commit(ctx, b.DB, workflows.Change{Requests: []workflows.Request{{ID: "REQ-7", State: workflows.Issued, Requester: workbench.Ella, SPKI: hex.EncodeToString(sum[:]),
		Created: b.Now(), Updated: b.Now()}}}))
	other, _ := workbench.NewCA(t, "Other").Leaf("other.example.org")
	own, strange := string(workbench.PemKey(t, key)), string(workbench.PemKey(t, other))
	for n, tt := range []struct {
		by   workflows.Person
		text string
		says []string
	}{
		{workbench.Bolin, "here:\n" + own + own, []string{"reply overheard:REQ-7"}},
		{workbench.Bolin, strange, []string{"reply overheard:"}},
		{workbench.Bolin, own[:len(own)/2], []string{"reply overheard:"}},
		{workbench.Stranger, own, []string{"reply overheard:"}},
		{workbench.Bolin, "lunch? certificate has expired", nil},
	} {
		in := workflows.Message{Receipt: workflows.Receipt("m" + string(rune('0'+n))), By: tt.by, Place: workflows.Place{Channel: "C1"}, Lang: "en", Text: tt.text}
		workbench.Must(t, b.Inbox.Overhear(ctx, in))
		if err := b.Inbox.Overhear(ctx, in); tt.says != nil && err != workflows.ErrSeen { //nolint:errorlint // returned as it is
			t.Errorf("%d: delivered again: %v", n, err)
		}
		if got := b.Said(t); !slices.Equal(got, tt.says) {
			t.Errorf("%d: said %q, want %q", n, got, tt.says)
		}
	}
	body := strings.Split(own, "\n")[1]
	workbench.Must(t, b.DB.View(ctx, func(rd workflows.Reader) error {
		all, err := rd.Audit(ctx, "C1", 0, 100)
		if len(all) != 4 || !strings.Contains(all[0].Detail, "REQ-7") {
			t.Errorf("the record has %+v", all)
		}
		for _, a := range all {
			if a.Verb != "secret" || strings.Contains(a.Detail, body) {
				t.Errorf("on record: %+v", a)
			}
		}
		return err
	}))
}
