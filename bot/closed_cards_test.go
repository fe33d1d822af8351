package bot_test

import "testing"

// TestAChannelThatIsNotThere: a wrong ID in the configuration keeps the card until the right
// one stands there.
func TestAChannelThatIsNotThere(t *testing.T) {
	r := newClosed(t, "C0NOWHERE")
	end := r.begin(t, "socket")
	r.asksFor(t, "one.example.org")
	r.As("sam").In("#operators").Sees("Slack shows me no channel", "C0NOWHERE", "policies.all.channel")
	ella := r.As("ella")
	ella.Sees("C0NOWHERE", "was deleted, or is private", "You need not do anything")
	r.settled(t)
	end()
	r.service.Policies[0].Channel = approvalsChannel
	r.begin(t, "socket")
	r.As("anselm").In(approvalsChannel).Sees("Certificate request REQ-1", "Waiting for approval")
	r.until(t, "hers does not wait any more", func() bool { return count(ella, "It waits:") == 0 })
}

// TestACardInAChannelThatWasArchived: it is decided from App Home, and the card says so when
// the channel is open again; no second one is posted.
func TestACardInAChannelThatWasArchived(t *testing.T) {
	r := newClosed(t, approvalsChannel)
	r.begin(t, "socket")
	r.asksFor(t, "one.example.org")
	anselm := r.As("anselm")
	card := anselm.In(approvalsChannel).Sees("Certificate request REQ-1")
	r.settled(t)
	must(t, r.Archive(approvalsChannel))
	_, clicks, sees := decidesAt["App Home"](anselm)
	clicks("Approve")
	sees("approved")
	r.As("ella").Sees("The certificate of", "REQ-1")
	r.As("sam").In("#operators").Sees("is archived")
	r.settled(t)
	must(t, r.Unarchive(approvalsChannel))
	anselm.SeesChange(card, "Issued")
	r.settled(t)
	if n := count(anselm.In(approvalsChannel), "Certificate request REQ-1"); n != 1 {
		t.Errorf("%d cards", n)
	}
	if n := count(r.As("ella"), "It waits:"); n != 0 {
		t.Error("what was decided without its card waits for it")
	}
}
