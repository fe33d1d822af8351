package vaulttest

import (
	"encoding/json"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"countersign/vault"
)

// ExerciseLedger tries what ledgers promise; again opens the same one as another process
// would.
func ExerciseLedger(t *testing.T, again func() vault.Ledger) {
	t.Helper()
	ctx, a, b := t.Context(), unique("a"), unique("b")
	if _, v, err := again().Get(ctx, a); v != 0 || err != nil {
		t.Fatalf("version %d of nothing, %v", v, err)
	}
	for version := range 3 {
		if ok, err := again().Put(ctx, a, json.RawMessage(`{"n":`+strconv.Itoa(version)+`}`), version); !ok || err != nil {
			t.Fatalf("put over %d: %v, %v", version, ok, err)
		}
		for _, stale := range []int{version, version + 7} {
			if ok, err := again().Put(ctx, a, json.RawMessage(`{"n":-1}`), stale); ok || err != nil {
				t.Errorf("put over %d when %d is newest: %v, %v", stale, version+1, ok, err)
			}
		}
		data, v, err := again().Get(ctx, a)
		if err != nil || v != version+1 || string(data) != `{"n":`+strconv.Itoa(version)+`}` {
			t.Errorf("read %s, version %d, %v", data, v, err)
		}
	}
	var won atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			ok, err := again().Put(ctx, b, json.RawMessage(`{}`), 0)
			if err != nil {
				t.Error(err)
			}
			if ok {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 16 made the first version", won.Load())
	}
	for _, name := range []string{"", "../a", "a/b", "A", "a.1"} {
		if _, err := again().Put(ctx, name, json.RawMessage(`{}`), 0); err == nil {
			t.Errorf("%q passed as a name", name)
		}
	}
}
