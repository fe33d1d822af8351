package workbench

import (
	"context"
	"encoding/pem"
	"strings"
	"testing"

	"countersign/workflows"
)

func PemOf(kind string, ders ...[]byte) string {
	var b strings.Builder
	for _, der := range ders {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return b.String()
}

// CaseAtDM gives the case that is open in a direct message, if there is one.
func (b *Bench) CaseAtDM(t *testing.T, channel string) (c workflows.Case, ok bool) {
	t.Helper()
	err := b.DB.View(context.Background(), func(rd workflows.Reader) (err error) {
		c, err = rd.CaseAt(context.Background(), workflows.Place{Channel: channel})
		return err
	})
	if workflows.CodeOf(err) == workflows.NotFound {
		return c, false
	}
	Must(t, err)
	return c, true
}
