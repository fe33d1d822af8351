package workflows

import "testing"

func TestReadOutcome(t *testing.T) {
	for text, want := range map[string]string{
		"thanks, works now":              wentWell,
		"ok done, working again":         wentWell,
		"that was it!":                   wentWell,
		"fixed":                          wentWell,
		"解决了，谢谢":                         wentWell,
		"已經恢復了":                          wentWell,
		"that didn't help":               stuck,
		"still the same error":           stuck,
		"no luck":                        stuck,
		"it is not fixed":                stuck,
		"done all of that, same problem": stuck,
		"还是不行":                           stuck,
		"沒用":                             stuck,
		"is it fixed?":                   "",
		"thanks!":                        "",
		"what does reset localkey do?":   "",
		"who has the CA's phone number":  "",
		"solved\nJan 1 10:00:00 host x":  "",
	} {
		if got := readOutcome(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
