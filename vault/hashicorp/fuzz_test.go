package hashicorp

import (
	"strings"
	"testing"
)

// FuzzAccessor: what is recorded of a hand-over comes back as it was, and nothing
// that could lead elsewhere in Vault is taken for one.
func FuzzAccessor(f *testing.F) {
	for _, seed := range []string{"", "abc@1700000000", "../x@1", "@1", "a@b", "a@1@2", "a?@9", "a@-9223372036854775808"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, recorded string) {
		accessor, _, err := splitAccessor(recorded)
		if err != nil {
			return
		}
		if accessor == "" || strings.ContainsAny(accessor, "/?#%@") || !strings.HasPrefix(recorded, accessor+"@") {
			t.Fatalf("%q gave %q", recorded, accessor)
		}
	})
}
