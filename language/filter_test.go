package language_test

import (
	"fmt"
	"testing"

	"countersign/language"
)

func TestFilters(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "[] “” “”",
		"open":                        "[open] “” “”",
		" Team  EXPIRING  expe1 ":     "[team expiring] “expe1” “”",
		"all issued my host":          "[all issued] “my host” “”",
		"expe1 open":                  "[] “expe1 open” “”",
		"opne":                        "[] “opne” “open”",
		"team expirng":                "[team] “expirng” “expiring”",
		"mail":                        "[] “mail” “”",
		"webadmin":                    "[] “webadmin” “”",
		"团队 即将到期":                     "[team expiring] “” “”",
		"全部 進行中 expe":                 "[all open] “expe” “”",
		"mine.example.com issued":     "[] “mine.example.com issued” “”",
		"everything that I asked for": "[all] “that I asked for” “”",
	} {
		means, rest, meant := language.Filters(text)
		if got := fmt.Sprintf("%v “%s” “%s”", means, rest, meant); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
