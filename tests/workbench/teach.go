package workbench

import (
	"context"
	"errors"
	"testing"

	"countersign/workflows"
	"countersign/workflows/support"
)

const Strange = "Nov 21 10:00:00 lift-7 badgeSrv[212]: cert blob rejected rc=-77 by reader firmware password=hunter2secret"

// Learned opens a case that nobody knows and teaches it.
func Learned(t *testing.T, b *Bench) (workflows.Case, support.Teaching) {
	t.Helper()
	c, err := b.Support.Diagnose(context.Background(), support.Pasted{By: Ella, Place: workflows.Place{Channel: "D1"}, Lang: "zh-Hans", Text: Strange})
	Must(t, err)
	return c, support.Teaching{By: Ella, Case: c.ID, Cause: "badge-reader-firmware", Lesson: workflows.Lesson{
		Title: "门禁读卡器固件不支持 SHA-256", Wordings: []string{"badgeSrv: cert blob rejected rc=-77", "cert blob rejected rc=-77"},
		Fix: []string{"更新读卡器固件到 4.2。", "重启控制器。"}, NearMiss: []string{"badgeSrv: cert blob accepted rc=0"}}}
}

func SupportBench(t *testing.T) *Bench {
	b := New(t)
	b.Support.Group = "support"
	b.People.Groups["support"] = []workflows.Person{Ella, Anselm}
	return b
}

func RefusedWith(t *testing.T, err error, code workflows.Code, keys ...string) {
	t.Helper()
	var no *workflows.Error
	if !errors.As(err, &no) || no.Code != code {
		t.Fatalf("%v, not %s", err, code)
	}
	for _, key := range keys {
		if no.Text.Key == key {
			return
		}
	}
	t.Errorf("refused with %s, not %v", no.Text.Key, keys)
}
