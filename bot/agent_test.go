package bot_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"countersign/language"
	"countersign/slacksim"
)

// TestPrompts: who opens the bot's messages is told what can be asked, in their language; each
// of it is understood.
func TestPrompts(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	for person, lang := range map[string]string{"ella": "en", "bolin": "zh-Hans", "sam": "zh-Hant"} {
		who := r.As(person)
		must(t, r.OpenTab(who.ID(), "messages"))
		offered := who.SeesPrompts()
		if len(offered) != 4 || offered[0].Title != r.cat.Say(lang, "bot.prompt.request", nil) {
			t.Errorf("%s is offered %v", person, offered)
		}
		for i, want := range []language.Intent{language.Request, language.Inspect, language.Status, language.Help} {
			if got := language.Parse(offered[i].Message).Intent; got != want {
				t.Errorf("%q is taken for %s, not %s", offered[i].Message, got, want)
			}
		}
	}
	ella := r.As("ella")
	ella.Says(ella.SeesPrompts()[0].Message)
	ella.Sees("Which product")
}

// TestReadingIsSaid: while a file is read that takes a moment, the thread where it was dropped
// says so, and no longer when the answer is there; where the workspace cannot, nothing is missed.
func TestReadingIsSaid(t *testing.T) {
	const method = "assistant.threads.setStatus"
	for _, lacks := range []string{"", method} {
		t.Run("lacks "+lacks, func(t *testing.T) {
			ws := slacksim.Default()
			ws.Lacks = []string{lacks}
			r := newRig(t, ws)
			r.socket(t)
			ella := r.As("ella")
			thread := ella.InThread(ella.Says("hello"))
			ella.Sees()
			r.inject(t, slacksim.Fault{Kind: slacksim.FaultHeld, Match: "files.info", Times: -1})
			thread.Uploads("trace.log", []byte("curl: (60) SSL certificate problem: certificate has expired"), "")
			if lacks == "" {
				thread.SeesStatus("is reading the file…")
			} else {
				r.until(t, "asked for the status", func() bool { return len(r.Transcript().Find("api", method)) == 1 })
			}
			r.ClearFaults()
			thread.Sees("expired")
			thread.SeesStatus("")
			if n := len(r.Transcript().Find("api", method)); lacks != "" && n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// TestChatOfTheOlderKind: a chat is a thread; it begins with what can be asked, is answered where
// it is, and is called after the cause that was found, not after what was pasted.
func TestChatOfTheOlderKind(t *testing.T) {
	ws := slacksim.Default()
	r := newRigOf(t, ws, func(manifest []byte) []byte {
		return bytes.Replace(manifest, []byte("  agent_view:\n    agent_description:"), []byte("  assistant_view:\n    assistant_description:"), 1)
	})
	r.socket(t)
	chat := r.As("ella").StartsThread()
	if n := len(chat.SeesPrompts()); n != 4 {
		t.Errorf("%d prompts", n)
	}
	chat.Says("hunter2 curl: (60) SSL certificate problem: certificate has expired")
	chat.Sees("This solved it")
	if title := chat.SeesThreadTitle(); strings.Contains(title, "hunter2") || !strings.Contains(title, "expired") {
		t.Errorf("the title is %q", title)
	}
	ask := r.As("ella").StartsThread()
	ask.Says("I need a TLS server certificate for portal.example.org, internal CA")
	ask.Sees("Why is it needed?")
	ask.Says("Portal")
	ask.Sees("The plan", "portal.example.org")
	if title := ask.SeesThreadTitle(); title != "portal.example.org" {
		t.Errorf("the title is %q", title)
	}
}

// TestInstalledBefore: an app that was installed with an earlier manifest is no agent; it is found
// out once, and everything else is as it was.
func TestInstalledBefore(t *testing.T) {
	r := newRigOf(t, slacksim.Default(), func(manifest []byte) []byte {
		lines := strings.SplitAfter(string(manifest), "\n")
		return []byte(strings.Join(slices.DeleteFunc(lines, func(line string) bool {
			return strings.Contains(line, "agent") || strings.Contains(line, "assistant")
		}), ""))
	})
	r.socket(t)
	ella := r.As("ella")
	const method = "assistant.threads.setSuggestedPrompts"
	must(t, r.OpenTab(ella.ID(), "messages"))
	r.until(t, "asked", func() bool { return len(r.Transcript().Find("api", method)) == 1 })
	ella.Says("curl: (60) SSL certificate problem: certificate has expired")
	ella.Sees("This solved it")
	must(t, r.OpenTab(ella.ID(), "messages"))
	must(t, r.OpenTab(ella.ID(), "home"))
	ella.Home("Nothing waits for you")
	if n := len(r.Transcript().Find("api", method)); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
