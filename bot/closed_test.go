package bot_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/bot"
	"countersign/slacksim"
	"countersign/workflows"
)

// vault is a private channel of the approvers and the bot.
const vaultChannel = "C0VAULT"

// newClosed is a rig with operators, whose approvers decide in a channel.
func newClosed(t *testing.T, channel string) *rig {
	t.Helper()
	ws := slacksim.Default()
	ws.Channels = append(ws.Channels, slacksim.Channel{Name: "vault", Private: true, Members: []string{"ella", "anselm", "bolin", "countersign"}},
		slacksim.Channel{Name: "operators", Members: []string{"sam", "countersign"}})
	r := newRig(t, ws, slacksim.Options{RateScale: 1000})
	r.cfg.Operators = "C0OPERATORS"
	r.service.Policies[0].Channel = channel
	return r
}

// begin starts the bot behind a door; end stops it, as a restart does.
func (r *rig) begin(t *testing.T, door string) (end func()) {
	t.Helper()
	b, err := bot.New(context.Background(), r.cfg, r.service, r.db, r.cat, r.dir, r.log)
	must(t, err)
	r.refresh(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{}, 3)
	go func() { b.RunDelivery(ctx); ended <- struct{}{} }()
	go func() { r.service.Worker(r.db, r.log).Run(ctx); ended <- struct{}{} }()
	closeDoor := func() { ended <- struct{}{} }
	if door == "http" {
		server := httptest.NewServer(b.HTTPHandler())
		must(t, r.UseHTTP(context.Background(), slacksim.RequestURLs{Events: server.URL + "/slack/events", Interactivity: server.URL + "/slack/interactive", Commands: server.URL + "/slack/commands"}))
		closeDoor = func() { server.Close(); ended <- struct{}{} }
	} else {
		go func() { _ = b.RunSocket(ctx); ended <- struct{}{} }()
		closeDoor = func() {}
		r.Connected(2)
	}
	end = func() {
		if b == nil {
			return
		}
		stop()
		closeDoor()
		for range 3 {
			<-ended
		}
		b.Wait()
		b = nil
	}
	t.Cleanup(end)
	return end
}

// asksFor has ella ask for a certificate of a host.
func (r *rig) asksFor(t *testing.T, host string) {
	t.Helper()
	ella := r.As("ella")
	ella.Says("I need a TLS server certificate for " + host + ", internal CA")
	ella.Sees("Why is it needed?")
	ella.Says("Portal")
	ella.Clicks(ella.Sees("The plan", host), "Send for approval")
	ella.Sees("Recorded: REQ-")
}

// count counts the messages of somebody's place that show all the words.
func count(a *slacksim.Actor, words ...string) (n int) {
	for _, m := range a.Messages() {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(m.Shown(), w) }) {
			n++
		}
	}
	return n
}

// shuts are the ways in which a channel is closed, and how it is opened again, with which
// Slack's event comes.
var shuts = map[string]struct {
	channel     string
	close, open func(*rig) error
	tells       string
}{
	"taken out": {approvalsChannel, func(r *rig) error { return r.Remove(approvalsChannel, "countersign") },
		func(r *rig) error { return r.Invite(approvalsChannel, "countersign") }, "I am not in"},
	"taken out of a private one": {vaultChannel, func(r *rig) error { return r.Remove(vaultChannel, "countersign") },
		func(r *rig) error { return r.Invite(vaultChannel, "countersign") }, "/invite @countersign"},
	"archived": {approvalsChannel, func(r *rig) error { return r.Archive(approvalsChannel) },
		func(r *rig) error { return r.Unarchive(approvalsChannel) }, "is archived"},
	"a private one archived": {vaultChannel, func(r *rig) error { return r.Archive(vaultChannel) },
		func(r *rig) error { return r.Unarchive(vaultChannel) }, "is archived"},
	"restricted": {approvalsChannel, func(r *rig) error { return r.RestrictPosting(approvalsChannel, true) },
		func(r *rig) error { return r.RestrictPosting(approvalsChannel, false) }, "may post in"},
}

// TestNoRequestWithoutACard: while a channel is closed the operators and the requester are
// told, once; when it opens the cards come by themselves, each once, and are decided on.
func TestNoRequestWithoutACard(t *testing.T) {
	for _, door := range []string{"socket", "http"} {
		for name, how := range shuts {
			t.Run(door+"/"+name, func(t *testing.T) {
				t.Parallel()
				r := newClosed(t, how.channel)
				r.begin(t, door)
				ella, operators, anselm := r.As("ella"), r.As("sam").In("#operators"), r.As("anselm").In(how.channel)
				must(t, how.close(r))
				for _, host := range []string{"one.example.org", "two.example.org"} {
					r.asksFor(t, host)
					ella.Sees(":warning:", host, "waits", "where it is approved", "Until then its approvers find it", "You need not do anything")
				}
				operators.Sees(how.tells, "policies.all.channel", how.channel)
				r.until(t, "her card says so", func() bool { return count(ella, "REQ-1 · one.example.org", "Waiting for approval", "It waits:") == 1 })
				if home := ella.Home("REQ-1", "It waits:"); strings.Contains(home.Shown(), "Sent") {
					t.Errorf("home says: %s", home.Shown())
				}
				if home := r.As("anselm").Home("REQ-1", "It waits:"); strings.Contains(home.Shown(), "its approvers find it") {
					t.Errorf("an approver reads where approvers find it: %s", home.Shown())
				}
				if n := count(anselm, "Certificate request"); n != 0 {
					t.Fatalf("%d cards stand in a closed channel", n)
				}

				must(t, how.open(r))
				card := anselm.Sees("Certificate request REQ-1", "Waiting for approval")
				anselm.Sees("Certificate request REQ-2")
				if strings.Contains(card.Shown(), "It waits") {
					t.Errorf("the card says that it is not here: %s", card.Shown())
				}
				r.until(t, "hers does not wait any more", func() bool { return count(ella, "It waits:") == 0 })
				anselm.Clicks(card, "Approve")
				ella.Sees("The certificate of", "REQ-1")
				r.settled(t)
				if n := count(operators, how.channel); n != 1 {
					t.Errorf("the operators were told %d times", n)
				}
				if n := count(ella, ":warning:", "waits", "where it is approved", "You need not do anything"); n != 2 {
					t.Errorf("the requester of two requests was told %d times", n)
				}
				if n := count(anselm, "Certificate request REQ-1"); n != 1 {
					t.Errorf("%d cards of REQ-1", n)
				}
				if closed, err := workflows.Closed(context.Background(), r.db); err != nil || len(closed) != 0 {
					t.Errorf("%v, %v", closed, err)
				}
			})
		}
	}
}

// TestARestartBringsTheCard: what no event tells is found at the start, also where the
// configuration has another channel by then; nobody is told twice.
func TestARestartBringsTheCard(t *testing.T) {
	for name, mend := range map[string]func(*rig) (channel string, err error){
		"opened meanwhile": func(r *rig) (string, error) { return approvalsChannel, r.Invite(approvalsChannel, "countersign") },
		"another channel": func(r *rig) (string, error) {
			r.service.Policies[0].Channel = "C0CERTIFICATES"
			return "C0CERTIFICATES", nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newClosed(t, approvalsChannel)
			end := r.begin(t, "socket")
			must(t, r.Remove(approvalsChannel, "countersign"))
			r.asksFor(t, "one.example.org")
			ella, operators := r.As("ella"), r.As("sam").In("#operators")
			ella.Sees(":warning:", "waits", "where it is approved", "You need not do anything")
			operators.Sees("I am not in")
			r.settled(t)
			end()

			end = r.begin(t, "socket") // nothing is mended
			r.asksFor(t, "two.example.org")
			ella.Sees(":warning:", "REQ-2", "waits")
			r.settled(t)
			end()

			channel, err := mend(r)
			must(t, err)
			r.begin(t, "socket")
			anselm := r.As("anselm").In(channel)
			card := anselm.Sees("Certificate request REQ-1")
			anselm.Sees("Certificate request REQ-2")
			anselm.Clicks(card, "Approve")
			ella.Sees("The certificate of", "REQ-1")
			r.settled(t)
			if n := count(operators, "I am not in"); n != 1 {
				t.Errorf("the operators were told %d times", n)
			}
			if n := count(anselm, "Certificate request"); n != 2 {
				t.Errorf("%d cards of two requests", n)
			}
		})
	}
}

// TestWhatAnEarlierVersionGaveUp: a request whose card was buried gets it at the start; one
// that is over does not.
func TestWhatAnEarlierVersionGaveUp(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	end := r.begin(t, "socket")
	must(t, r.Remove(approvalsChannel, "countersign"))
	r.asksFor(t, "one.example.org")
	r.asksFor(t, "two.example.org")
	r.As("ella").Sees(":warning:", "REQ-2", "waits")
	must(t, r.cancel(t, "REQ-2"))
	r.settled(t)
	end()
	ctx := context.Background()
	must(t, r.db.Wake(ctx, workflows.Notify, workflows.ChannelClosed))
	for { // as it did with each
		e, ok, err := r.db.Claim(ctx, workflows.Notify, time.Minute)
		must(t, err)
		if !ok {
			break
		}
		must(t, r.db.Bury(ctx, e, "not_in_channel", workflows.Change{}))
	}
	must(t, r.db.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) { // and told nobody
		x, err := rd.Request(ctx, "REQ-1")
		x.Trouble = workflows.Trouble{}
		return workflows.Change{Requests: []workflows.Request{x}}, err
	}))
	must(t, r.Invite(approvalsChannel, "countersign"))
	r.begin(t, "socket")
	r.As("anselm").In(approvalsChannel).Sees("Certificate request REQ-1")
	r.settled(t)
	if n := count(r.As("anselm").In(approvalsChannel), "Certificate request REQ-2"); n != 0 {
		t.Error("a cancelled request gets a card to be decided on")
	}
}

// TestAClosedChannelIsHeard: the operators are told before anything is tried there; of
// channels that no setting names they are not.
func TestAClosedChannelIsHeard(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	r.begin(t, "socket")
	must(t, r.Archive("#partner-project"))
	must(t, r.Remove("#certificates", "countersign"))
	must(t, r.Archive("#support"))
	must(t, r.Remove(approvalsChannel, "countersign"))
	operators := r.As("sam").In("#operators")
	operators.Sees("C0SUPPORT", "is archived", "slack.support")
	operators.Sees(approvalsChannel, "I am not in", "policies.all.channel")
	r.settled(t)
	if n := len(operators.Messages()); n != 2 {
		t.Errorf("the operators were told %d times", n)
	}
	must(t, r.Unarchive("#support"))
	must(t, r.Invite(approvalsChannel, "countersign"))
	r.until(t, "all are open", func() bool {
		closed, err := workflows.Closed(context.Background(), r.db)
		return err == nil && len(closed) == 0
	})
}

// TestAPolicyThatIsGone: nobody can decide under it. The requester is told so, and the card is
// drawn when the configuration has it again.
func TestAPolicyThatIsGone(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	end := r.begin(t, "socket")
	r.asksFor(t, "one.example.org")
	r.As("anselm").In(approvalsChannel).Sees("Certificate request REQ-1")
	r.settled(t)
	end()
	r.service.Policies[0].Name = "another"
	end = r.begin(t, "socket")
	ella := r.As("ella")
	ella.Sees("REQ-1", "its policy all is not in the configuration", "You need not do anything")
	r.settled(t)
	r.As("sam").In("#operators").Sees("policy all", "REQ-1")
	if n := count(ella, "REQ-1 · one.example.org", "It waits:"); n != 1 {
		t.Errorf("%d cards say so", n)
	}
	end()
	r.service.Policies[0].Name = "all"
	r.begin(t, "socket")
	r.until(t, "hers does not wait any more", func() bool { return count(ella, "It waits:") == 0 })
}

// TestTheOperatorsChannelIsClosed: they cannot be told there, so the log and what is asked
// of the bot say so; their notices come when it opens.
func TestTheOperatorsChannelIsClosed(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	said := &lines{}
	r.log = slog.New(slog.NewTextHandler(said, nil))
	r.begin(t, "socket")
	must(t, r.Archive("#operators"))
	must(t, r.Remove(approvalsChannel, "countersign"))
	r.asksFor(t, "one.example.org")
	r.As("ella").Sees(":warning:", "waits")
	r.settled(t)
	closed, err := workflows.Closed(context.Background(), r.db)
	must(t, err)
	if closed["C0OPERATORS"].Why != "is_archived" || closed[approvalsChannel].Why != "not_in_channel" {
		t.Errorf("%+v", closed)
	}
	if !strings.Contains(said.String(), "C0OPERATORS") {
		t.Errorf("the log: %s", said)
	}
	must(t, r.Unarchive("#operators"))
	r.As("sam").In("#operators").Sees("I am not in", approvalsChannel)
	if n := count(r.As("sam").In("#operators"), "archived"); n != 0 {
		t.Error("they are told of their own channel, in it")
	}
}

// TestAClosedChannelIsBounded: what waits does not turn round and round, keeps nobody else,
// and does not count as stuck.
func TestAClosedChannelIsBounded(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	r.begin(t, "socket")
	must(t, r.Archive(approvalsChannel))
	for i := range 50 {
		r.queue(t, told("closed/"+numbered(50)[i], numbered(50)[i], workflows.Place{Channel: approvalsChannel}),
			told("open/"+numbered(50)[i], numbered(50)[i], workflows.Place{Channel: supportChannel}))
	}
	r.until(t, "the other channel has all", func() bool { return len(r.marks("#support")) == 50 })
	r.settled(t)
	if n := r.calls("chat.postMessage", approvalsChannel); n != 51 { // one of them is the notice to the operators
		t.Errorf("%d calls for 50 messages that wait", n)
	}
	s, err := r.db.Stats(context.Background())
	must(t, err)
	if s.Dead != 0 {
		t.Errorf("%d were given up", s.Dead)
	}
	must(t, r.Unarchive(approvalsChannel))
	r.until(t, "all came", func() bool { return count(r.As("anselm").In(approvalsChannel), "mark-") == 50 })
}

// TestDirectMessagesDoNotOpen: who has left does not come back; that is given up as before.
func TestDirectMessagesDoNotOpen(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	r.begin(t, "socket")
	r.inject(t, slacksim.Fault{Kind: slacksim.FaultError, Match: "chat.postMessage", Channel: "D0SAM", Code: "channel_not_found"})
	r.queue(t, told("gone", "mark-01", workflows.Place{Channel: "D0SAM"}))
	r.As("sam").In("#operators").Sees("Given up", "channel_not_found")
}

// TestDoctorSeesClosedChannels finds each of them by name, without posting.
func TestDoctorSeesClosedChannels(t *testing.T) {
	for name, how := range shuts {
		r := newClosed(t, how.channel)
		want := bot.Wanted{Team: "T0ACME", Scopes: r.App().BotScopes, Channels: []string{how.channel, "C0OPERATORS"}}
		for _, closed := range []bool{false, true} {
			if closed {
				must(t, how.close(r))
			}
			for _, c := range bot.CheckWorkspace(context.Background(), r.cfg, want) {
				if wrong := closed && c.Name == "channel "+how.channel; c.OK == wrong {
					t.Errorf("%s: %s is %v", name, c.Name, c.OK)
				} else if text := r.cat.Text("en", c.Text.Key, c.Text.Args, nil); wrong && !strings.Contains(text, "@countersign") {
					t.Errorf("%s: says %q", name, text)
				}
			}
		}
		if n := r.calls("chat.postMessage", ""); n != 0 {
			t.Errorf("the doctor posted %d messages", n)
		}
	}
}
