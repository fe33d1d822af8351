package slacksim_test

import (
	"testing"

	"countersign/slacksim"
)

// TestChannelsComeAndGo: what the app may do in a channel that it was taken out of, that is
// archived or where only administrators post, and what it hears of that.
func TestChannelsComeAndGo(t *testing.T) {
	ws := slacksim.Default()
	ws.App.Events = append(ws.App.Events, "member_joined_channel", "channel_left", "group_left", "channel_archive", "channel_unarchive")
	ws.Channels = append(ws.Channels, slacksim.Channel{Name: "vault", Private: true, Members: []string{"ella", "countersign"}})
	st := slacksim.Start(t, ws)
	a := connect(t, st, acked)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	post := func(channel string) []string { return []string{"channel", channel, "text", "x"} }
	card, _ := ok(t, st, "chat.postMessage", post(certificates)...)["ts"].(string)
	secret, _ := ok(t, st, "chat.postMessage", post("C0VAULT")...)["ts"].(string)

	do(st.Remove("#certificates", "countersign"))
	if e := a.event("channel_left"); e["channel"] != certificates {
		t.Errorf("%v", e)
	}
	refused(t, st, "not_in_channel", "chat.postMessage", post(certificates)...)
	refused(t, st, "not_in_channel", "conversations.history", "channel", certificates)
	ok(t, st, "chat.update", "channel", certificates, "ts", card, "text", "of its own, all the same")
	do(st.Remove("#vault", "countersign"))
	if e := a.event("group_left"); e["channel"] != "C0VAULT" {
		t.Errorf("%v", e)
	}
	refused(t, st, "channel_not_found", "chat.postMessage", post("C0VAULT")...)
	refused(t, st, "channel_not_found", "chat.update", "channel", "C0VAULT", "ts", secret, "text", "x")

	for _, channel := range []string{certificates, "C0VAULT"} {
		do(st.Invite(channel, "countersign"))
		if e := a.event("member_joined_channel"); e["channel"] != channel || e["user"] != "U0COUNTERSIGN" {
			t.Errorf("%v", e)
		}
		ok(t, st, "chat.postMessage", post(channel)...)
	}

	do(st.Archive("#certificates"))
	if e := a.event("channel_archive"); e["channel"] != certificates {
		t.Errorf("%v", e)
	}
	refused(t, st, "is_archived", "chat.postMessage", post(certificates)...)
	refused(t, st, "is_inactive", "chat.update", "channel", certificates, "ts", card, "text", "x")
	ok(t, st, "conversations.history", "channel", certificates)
	if info := ok(t, st, "conversations.info", "channel", certificates)["channel"].(object); info["is_archived"] != true || info["is_member"] != true {
		t.Errorf("%v", info)
	}
	do(st.Unarchive("#certificates"))
	if e := a.event("channel_unarchive"); e["channel"] != certificates {
		t.Errorf("%v", e)
	}
	ok(t, st, "chat.postMessage", post(certificates)...)

	do(st.RestrictPosting("#certificates", true))
	refused(t, st, "restricted_action", "chat.postMessage", post(certificates)...)
	if info := ok(t, st, "conversations.info", "channel", certificates)["channel"].(object); info["is_read_only"] != true || info["properties"] == nil {
		t.Errorf("%v", info)
	}
	if _, err := st.Say("U0ELLA", certificates, "", "hello"); err == nil {
		t.Error("a person posts where only administrators may")
	}
	do(st.RestrictPosting("#certificates", false))
	ok(t, st, "chat.postMessage", post(certificates)...)
}
