package vaulttest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"countersign/certs"
)

// Noter is the noted head of the audit record, as custodies keep it.
type Noter interface {
	NotedHead(ctx context.Context) (note []byte, found bool, err error)
	NoteHead(ctx context.Context, note []byte) error
}

// ExerciseHead tries what custodies promise of the noted head. open gives another
// process's view of one and the same place, in which nothing was noted yet.
func ExerciseHead(t *testing.T, open func() Noter) {
	t.Helper()
	ctx := t.Context()
	is := func(n Noter, want string) {
		t.Helper()
		if got, found, err := n.NotedHead(ctx); err != nil || found != (want != "") || string(got) != want {
			t.Fatalf("noted %q, %v, %v; want %q", got, found, err, want)
		}
	}
	does := func(n Noter, note string) {
		t.Helper()
		if err := n.NoteHead(ctx, []byte(note)); err != nil {
			t.Fatalf("note %s: %v", note, err)
		}
	}
	loses := func(n Noter, note string) {
		t.Helper()
		if got := Fault(t, n.NoteHead(ctx, []byte(note)), true).Text().Key; got != "vault.head.raced" {
			t.Fatalf("note %s: %s", note, got)
		}
	}
	a, b := open(), open()
	is(a, "")
	is(b, "")
	does(a, `{"id":1}`)
	loses(b, `{"id":"one"}`) // it had seen nothing there
	is(b, `{"id":1}`)
	does(b, `{"id":2}`)
	does(b, `{"id":3}`)
	loses(a, `{"id":"two"}`)
	is(a, `{"id":3}`)
	is(open(), `{"id":3}`)
	does(open(), `{"id":4}`) // who has not looked takes what is there
	for _, bad := range []string{"", "no JSON", `{"id":1`, `"` + strings.Repeat("a", 1023) + `"`} {
		if err := a.NoteHead(ctx, []byte(bad)); err == nil {
			t.Errorf("%.20q of %d bytes was noted", bad, len(bad))
		}
	}
	is(a, `{"id":4}`)
	longest := `"` + strings.Repeat("a", 1022) + `"`
	does(a, longest)
	is(b, longest)

	// Each counts on from what it sees: none of them is lost.
	is(a, longest)
	does(a, "0")
	const processes, each = 4, 5
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			n := open()
			for done := 0; done < each; {
				note, _, err := n.NotedHead(ctx)
				var count int
				if err == nil {
					_, err = fmt.Sscan(string(note), &count)
				}
				if err == nil {
					err = n.NoteHead(ctx, fmt.Append(nil, count+1))
				}
				var fault certs.Fault
				switch {
				case err == nil:
					done++
				case !errors.As(err, &fault) || !fault.Temporary():
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	is(a, fmt.Sprint(processes*each))
}
