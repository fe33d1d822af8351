package bot

import (
	"slices"
	"testing"

	"countersign/certs"
	"countersign/workflows"
)

// TestToldOnceAndNeverLost: each request of a plan is told of in one message. One that is tried
// again is of those that it was of, so what has come since has its own.
func TestToldOnceAndNeverLost(t *testing.T) {
	at := func(id workflows.RequestID, state workflows.State) workflows.Request {
		return workflows.Request{ID: id, State: state, Group: "B-x/1"}
	}
	a, b, c := at("REQ-1", workflows.Issued), at("REQ-2", workflows.Issued), at("REQ-3", workflows.Issued)
	waits := b
	waits.State, waits.Trouble.Text = workflows.Approved, certs.T("vault.sealed")
	stuck := waits
	stuck.ID = "REQ-3"
	for what, try := range map[string]struct {
		event, key string
		r          workflows.Request
		group      []workflows.Request
		told       map[workflows.RequestID]string
		want       []string
	}{
		"all at once":            {"issued", "a", a, []workflows.Request{a, b, c}, nil, []string{"REQ-1", "REQ-2", "REQ-3"}},
		"again, one has come":    {"issued", "a", a, []workflows.Request{a, b, c}, map[workflows.RequestID]string{"REQ-1": "a", "REQ-2": "a"}, []string{"REQ-1", "REQ-2"}},
		"that one":               {"issued", "c", c, []workflows.Request{a, b, c}, map[workflows.RequestID]string{"REQ-1": "a", "REQ-2": "a"}, []string{"REQ-3"}},
		"told with others":       {"issued", "b", b, []workflows.Request{a, b, c}, map[workflows.RequestID]string{"REQ-1": "a", "REQ-2": "a"}, nil},
		"installed at once":      {"issued", "b", b, []workflows.Request{at("REQ-1", workflows.Installed), b}, nil, []string{"REQ-1", "REQ-2"}},
		"revoked since":          {"issued", "b", b, []workflows.Request{at("REQ-1", workflows.Revoked), b}, nil, []string{"REQ-2"}},
		"one trouble of several": {"trouble", "b", waits, []workflows.Request{a, waits, stuck}, nil, []string{"REQ-2", "REQ-3"}},
	} {
		if got := idsOf(toTell(try.event, try.key, try.r, try.group, try.told)); !slices.Equal(got, try.want) {
			t.Errorf("%s: %v, want %v", what, got, try.want)
		}
	}
}
