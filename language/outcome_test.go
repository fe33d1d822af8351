package language

import "testing"

func TestReadOutcome(t *testing.T) {
	for text, want := range map[string]Outcome{
		"thanks, works now":              Solved,
		"ok done, working again":         Solved,
		"that was it!":                   Solved,
		"fixed":                          Solved,
		"解决了，谢谢":                         Solved,
		"已經恢復了":                          Solved,
		"that didn't help":               Stuck,
		"still the same error":           Stuck,
		"no luck":                        Stuck,
		"it is not fixed":                Stuck,
		"done all of that, same problem": Stuck,
		"还是不行":                           Stuck,
		"沒用":                             Stuck,
		"is it fixed?":                   "",
		"thanks!":                        "",
		"what does reset localkey do?":   "",
		"who has the CA's phone number":  "",
		"solved\nJan 1 10:00:00 host x":  "",
	} {
		if got := ReadOutcome(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
