package storage_test

import (
	"fmt"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

// inUse finds what is in use, as long as it is, by all of its names and by nothing less.
func inUse(b *bundle) {
	now := b.clock.now()
	make := func(n int, state workflows.State, profile string, ends time.Duration, names ...string) {
		r := b.request(fmt.Sprint("REQ-", n), ann, state, names[0])
		r.Spec.Profile, r.NotAfter, r.Spec.Names = profile, now.Add(ends), nil
		for _, name := range names[1:] { // the common name need not be among them
			r.Spec.Names = append(r.Spec.Names, certs.Name{Type: certs.DNS, Value: name})
		}
		b.put(workflows.Change{Requests: []workflows.Request{r}})
	}
	make(1, workflows.Issued, "web", time.Hour, "cluster", "a", "b", "c")
	make(2, workflows.Submitted, "web", time.Hour, "cluster", "a", "b", "c")
	make(3, workflows.Installed, "web", time.Hour, "a", "a")
	make(4, workflows.Installed, "mail", time.Hour, "a", "a", "b")
	make(5, workflows.Installed, "web", -time.Hour, "a", "a", "b")
	want := func(what string, names []string, ids ...workflows.RequestID) {
		b.Helper()
		list, err := workflows.Read(b.ctx, b.store, func(rd workflows.Reader) ([]workflows.Request, error) { return rd.InUse(b.ctx, "web", names, now) })
		var got []workflows.RequestID
		for _, r := range list {
			got = append(got, r.ID)
		}
		if err != nil || !slices.Equal(got, ids) {
			b.Errorf("%s: %v, want %v; %v", what, got, ids, err)
		}
	}
	move := func(id workflows.RequestID, to workflows.State) {
		b.Helper()
		r, err := workflows.Read(b.ctx, b.store, func(rd workflows.Reader) (workflows.Request, error) { return rd.Request(b.ctx, id) })
		if err != nil {
			b.Fatal(err)
		}
		r.State = to
		b.put(workflows.Change{Requests: []workflows.Request{r}})
	}
	want("one name", []string{"a"}, "REQ-3", "REQ-1")
	want("some", []string{"b", "a"}, "REQ-1")
	want("the common name", []string{"cluster"}, "REQ-1")
	want("one too many", []string{"a", "b", "c", "d"})
	want("none", nil)
	move("REQ-2", workflows.Issued)
	want("issued by now", []string{"a", "b", "c"}, "REQ-2", "REQ-1")
	move("REQ-1", workflows.Installed)
	move("REQ-2", workflows.Revoked)
	want("revoked", []string{"a", "b", "c"}, "REQ-1")
	move("REQ-1", workflows.Superseded)
	want("superseded", []string{"a", "b", "c"})
}
