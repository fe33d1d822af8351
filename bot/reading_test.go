package bot_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/certs"
	"countersign/slacksim"
	"countersign/workflows"
)

var alerts = slacksim.OtherApp{ID: "A0ALERTS", BotID: "B0ALERTS", Name: "Alertmanager"}

type object = map[string]any

func text(kind, words string) object { return object{"type": kind, "text": words} }

// TestWhatSlackShows: the shortcut reads a message as its reader does: what other apps post in
// attachments, in blocks only, in tables; what somebody forwards.
func TestWhatSlackShows(t *testing.T) {
	bothDoors(t, elsewhere, func(t *testing.T, r *rig) {
		ella := r.As("ella").In("#support")
		for name, post := range map[string]object{
			"attachment": {"text": "", "attachments": []any{object{"fallback": "[FIRING:1]", "pretext": "prod", "title": "[FIRING:1] MRA", "text": expired, "fields": []any{object{"title": "Severity", "value": "critical", "short": true}}}}},
			"field":      {"text": "", "attachments": []any{object{"fallback": "[FIRING:1]", "title": "MRA", "fields": []any{object{"title": "Error", "value": expired}}}}},
			"fallback":   {"text": "", "attachments": []any{object{"fallback": expired}}},
			"blocks":     {"text": "This content can't be displayed.", "blocks": []any{object{"type": "header", "text": text("plain_text", "MRA")}, object{"type": "section", "text": text("mrkdwn", "*"+expired+"*")}}},
			"rich text": {"text": "MRA", "blocks": []any{object{"type": "rich_text", "elements": []any{object{"type": "rich_text_section", "elements": []any{text("text", "tvcs:")}},
				object{"type": "rich_text_preformatted", "elements": []any{text("text", expired)}}}}}},
			"markdown": {"text": "MRA", "blocks": []any{object{"type": "markdown", "text": "**" + expired + "**"}}},
			"table":    {"text": "Two hosts", "blocks": []any{object{"type": "table", "rows": []any{[]any{text("raw_text", "Host"), text("raw_text", "Error")}, []any{text("raw_text", "expe1"), text("raw_text", expired)}}}}},
		} {
			ts, err := r.PostOther(alerts, "#support", post)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			m := ella.Finds(ts)
			ella.UsesMessageShortcut("Diagnose this", m)
			ella.InThread(m).Sees("The certificate has expired", "certificate has expired")
			if c := r.caseOf(t, workflows.Place{Channel: m.Channel, Thread: m.TS}); strings.Count(c.Input, "has expired") != 1 || strings.Contains(c.Input, "displayed") {
				t.Errorf("%s: read as %q", name, c.Input)
			}
		}
		empty, err := r.PostOther(alerts, "#support", object{"text": "This content can't be displayed.", "blocks": []any{object{"type": "divider"}}})
		must(t, err)
		ella.UsesMessageShortcut("Diagnose this", ella.Finds(empty))
		ella.Sees("There is no text to diagnose")

		sam := r.As("sam").In("#support").Says(expired + "\npassword=hunter2-of-sam")
		r.As("ella").Forwards(sam, "")
		r.As("ella").Sees("The certificate has expired")
		if c := r.caseOf(t, workflows.Place{Channel: "D0ELLA"}); strings.Count(c.Input, "has expired") != 1 || strings.Contains(c.Input, "hunter2") {
			t.Errorf("forwarded, and read as %q", c.Input)
		}
		log := r.As("sam").In("#support").Uploads("edge.log", []byte(expired), "")
		r.As("ella").Forwards(log, "what is this?")
		r.As("ella").Sees("The certificate has expired", "edge.log:1")
		r.Quiet(100 * time.Millisecond)
	})
}

// TestGroupMessages: in a direct message of several people the bot is spoken to by a mention,
// and follows its thread from there.
func TestGroupMessages(t *testing.T) {
	bothDoors(t, elsewhere, func(t *testing.T, r *rig) {
		ella, anselm := r.As("ella").In("C0MPDM"), r.As("anselm").In("C0MPDM")
		ella.Says("lunch?")
		said := ella.Says("@Countersign " + expired)
		card := ella.InThread(said).Sees("The certificate has expired")
		anselm.InThread(said).Says("that didn't help, same error")
		anselm.InThread(said).Sees("Not yet, then")
		anselm.Clicks(card, "This solved it") // a team's place, not one person's
		ella.SeesChange(card, "says that this solved it")
		r.Quiet(100 * time.Millisecond)
	})
}

// TestEdits: what somebody adds to a message of their own counts as said anew, once; what
// Slack adds does not, and nobody else's hand either.
func TestEdits(t *testing.T) {
	bothDoors(t, elsewhere, func(t *testing.T, r *rig) {
		ella := r.As("ella")
		said := ella.Says("hello")
		ella.Sees("/cert new")
		r.inject(t, slacksim.Fault{Kind: slacksim.FaultDuplicate, Match: "message.message_changed", Times: 1, Copies: 2})
		ella.Edits(said, "hello\n"+expired)
		ella.Sees("The certificate has expired")
		ella.Edits(said, "hello") // less is nothing
		must(t, r.Unfurl(said.Channel, said.TS, object{"from_url": "https://a.example", "title": "Handshake failure", "text": expired, "fallback": "x"}))

		support := ella.In("#support")
		asked := support.Says("@Countersign " + expired)
		card := support.InThread(asked).Sees("The certificate has expired")
		aside := r.As("anselm").In("#support").InThread(asked).Says("let me look")
		r.As("anselm").In("#support").InThread(asked).Edits(aside, "let me look\nx509: certificate is valid for a.example.com, not b.example.com")
		support.InThread(asked).Sees("With that")
		support.SeesChange(card, "The host name used is not in the certifi")
		talk := support.Says("lunch?")
		support.Edits(talk, "lunch?\n"+expired) // not ours
		r.Quiet(100 * time.Millisecond)
		forged := object{"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev1", "event": object{"type": "message", "subtype": "message_changed", "channel": "D0ELLA", "channel_type": "im", "ts": "2.2",
			"message": object{"type": "message", "user": "U0ELLA", "text": expired, "ts": "1.1", "edited": object{"user": "U0SAM", "ts": "2.2"}}, "previous_message": object{"type": "message", "user": "U0ELLA", "text": "x", "ts": "1.1"}}}
		_, err := r.Forge(context.Background(), "events_api", forged)
		must(t, err)
		r.Quiet(100 * time.Millisecond)
	})
}

// TestFilesThatAreNone: each says why it cannot be read, and what to do.
func TestFilesThatAreNone(t *testing.T) {
	bothDoors(t, elsewhere, func(t *testing.T, r *rig) {
		for who, words := range map[string][]string{
			"ella":  {"plan.gdoc", "is kept outside Slack", "Download it", "notes is a canvas", "Copy the text", "Slack does not show me that file", "/invite", "A file was deleted"},
			"bolin": {"plan.gdoc", "存放在 Slack 之外", "notes 是画板", "Slack 不向我显示该文件", "有一个文件在我读取之前已被删除"},
			"sam":   {"plan.gdoc", "存放在 Slack 之外", "notes 是畫布", "Slack 不向我顯示該檔案", "有一個檔案在我讀取之前已被刪除"},
		} {
			p := r.As(who)
			_, _, err := r.Share(p.ID(), "D0"+strings.ToUpper(who), "", "", slacksim.Upload{Name: "plan.gdoc", External: "gdrive"}, slacksim.Upload{Name: "notes", Canvas: true},
				slacksim.Upload{Name: "theirs.log", Access: "access_denied"}, slacksim.Upload{Name: "edge.log", Data: []byte(expired), Access: "check_file_info"})
			must(t, err)
			p.Sees(words[:len(words)-1]...)
			p.WaitMessage(func(m slacksim.Message) bool { return strings.Contains(m.Shown(), "edge.log:1") }, time.Minute, "an answer to what could be read")
			there := p.In("#support").Uploads("old.log", []byte("x"), "")
			must(t, r.DeleteFile(p.ID(), there.FileIDs[0]))
			p.In("#support").UsesMessageShortcut("Diagnose this", there)
			p.In("#support").InThread(there).Sees(words[len(words)-1])
		}
	})
}

// TestOverheardKey: who pastes a private key where the bot is and is not spoken to is warned,
// alone; nothing of it is kept. Whose request's key it is, is told to who may use the bot.
func TestOverheardKey(t *testing.T) {
	withGus := func() slacksim.Workspace {
		ws := elsewhere()
		ws.People = append(ws.People, slacksim.Person{Handle: "gus", Guest: true})
		return ws
	}
	bothDoors(t, withGus, func(t *testing.T, r *rig) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		must(t, err)
		public, err := x509.MarshalPKIXPublicKey(key.Public())
		must(t, err)
		spki := sha256.Sum256(public)
		armoured := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
		r.change(t, workflows.Change{Requests: []workflows.Request{{ID: "REQ-7", State: workflows.Issued, Requester: workflows.Person{Team: "T0ACME", ID: "U0SAM"}, Lang: "en", SPKI: hex.EncodeToString(spki[:]),
			Spec: certs.Spec{CommonName: "portal.example.org"}, Policy: "all", Custody: "embedded", Issuer: "embedded", Created: time.Now(), Updated: time.Now()}}})

		for n, place := range []string{"#support", "#support/thread", "C0MPDM", "#support/edit", "#support/base64", "#support/snippet"} {
			channel, how, _ := strings.Cut(place, "/")
			ella := r.As("ella").In(channel)
			words := []string{"private key", "only you", "Delete the message", "REQ-7", "U0SAM"}
			switch how {
			case "thread":
				ella = ella.InThread(r.As("sam").In(channel).Says("who has the key?"))
				ella.Says("this one:\n" + armoured)
			case "edit":
				ella.Edits(ella.Says("wait"), "wait\n"+armoured)
			case "base64": // no armour: recognised, of nobody's
				ella.Says(base64.StdEncoding.EncodeToString(der))
				words = words[:3]
			case "snippet": // Slack shows how it begins
				_, _, err := r.Share(ella.ID(), "C0SUPPORT", "", "", slacksim.Upload{Name: fmt.Sprint("untitled", n), Data: []byte(armoured), Snippet: true})
				must(t, err)
			default:
				ella.Says("this one:\n" + armoured)
			}
			if m := ella.Sees(words...); !m.Ephemeral {
				t.Errorf("%s: everybody reads %q", place, m.Shown())
			}
		}
		gil := r.As("gil").In("#partner-project")
		gil.Says(armoured)
		if m := gil.Sees("private key", "Delete the message"); !m.Ephemeral || strings.Contains(m.Shown(), "REQ-7") {
			t.Errorf("a stranger reads %q", m.Shown())
		}
		asked := r.As("ella").In("#partner-project").Says("@Countersign " + expired)
		r.As("ella").In("#partner-project").InThread(asked).Sees("The certificate has expired")
		for _, where := range []*slacksim.Actor{gil.InThread(asked), r.As("gus")} { // in the thread of an answer, and to us
			where.Says(armoured)
			if m := where.Sees("private key", "Delete the message"); !m.Ephemeral || strings.Contains(m.Shown(), "REQ-7") {
				t.Errorf("a stranger reads %q", m.Shown())
			}
		}
		r.As("ella").In("#random").UsesMessageShortcut("Diagnose this", r.As("sam").In("#random").Says("here:\n"+armoured))
		r.As("ella").Sees("private key", "Delete the message", "this message") // and no answer of an error
		r.As("ella").In("#random").Sees("your direct message with me")
		r.As("ella").In("#support").Says("no key here, -----BEGIN CERTIFICATE----- only")
		r.Quiet(100 * time.Millisecond)
		rows := 0
		must(t, r.db.View(context.Background(), func(rd workflows.Reader) error {
			all, err := rd.Audit(context.Background(), "", 0, 100)
			for _, a := range all {
				if a.Verb == "secret" {
					rows++
				}
				if strings.Contains(a.Detail, "MIG") {
					t.Errorf("the record holds it: %s", a.Detail)
				}
			}
			return err
		}))
		if rows != 10 {
			t.Errorf("%d rows on record", rows)
		}
	})
}

// TestFilesBesideTheBot: what people send each other in a thread is not for us, be it the
// thread of a card; of a private key in it they are warned alone.
func TestFilesBesideTheBot(t *testing.T) {
	withOskar := func() slacksim.Workspace {
		ws := elsewhere()
		ws.People = append(ws.People, slacksim.Person{Handle: "oskar"})
		return ws
	}
	bothDoors(t, withOskar, func(t *testing.T, r *rig) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		must(t, err)
		armoured := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
		ella, sam := r.As("ella").In("#support"), r.As("sam").In("#support")
		theirs, card := sam.Says("who is on call?"), sam.Says("REQ-7")
		r.change(t, workflows.Change{Requests: []workflows.Request{{ID: "REQ-7", State: workflows.Submitted, Requester: workflows.Person{Team: "T0ACME", ID: "U0SAM"}, Lang: "en", Policy: "all", Created: time.Now(), Updated: time.Now()}},
			Cards: []workflows.Card{{Subject: "REQ-7", Kind: "question/0", Channel: "C0SUPPORT", TS: card.TS}}})
		for _, root := range []slacksim.Message{theirs, card} {
			thread := ella.InThread(root)
			thread.Uploads("edge.log", []byte(expired), "see my log")
			_, _, err := r.Share(ella.ID(), "C0SUPPORT", root.TS, "", slacksim.Upload{Name: "plan.gdoc", External: "gdrive"})
			must(t, err)
			thread.Uploads("server.key", armoured, "")
			if m := thread.Sees("private key", "only you"); !m.Ephemeral {
				t.Errorf("everybody reads %q", m.Shown())
			}
		}
		r.As("oskar").In("#support").InThread(theirs).Says("I am, I think")
		thread := ella.InThread(theirs)
		thread.Uploads("old.log", []byte(expired), "@Countersign why?")
		thread.Sees("The certificate has expired", "old.log:1")
		r.settled(t)
		if n := r.calls("users.info", "U0OSKAR"); n != 0 {
			t.Errorf("somebody who has nothing to do with us was looked up %d times", n)
		}
		r.Quiet(100 * time.Millisecond)
	})
}
