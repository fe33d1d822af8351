package storage

import (
	"encoding/json"
	"strings"
	"testing"
)

// A noted head is read back however it was noted.
func TestNotedHead(t *testing.T) {
	want := AuditHead{ID: 17, MAC: strings.Repeat("ab", 32)}
	one, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := json.MarshalIndent(AuditReport{Rows: 17, Head: want}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{want.String(), " " + want.String() + "\n", string(one), string(whole)} {
		var got AuditHead
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "17", "17:", "17:abc", "0:" + want.MAC, "-1:" + want.MAC, want.MAC, `{"id":17}`, `{"rows":3}`} {
		var got AuditHead
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
}
