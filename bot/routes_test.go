package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"countersign/workflows"
)

// route is one way in: what somebody clicks, submits, types, says or drops, aimed at what
// is Ella's.
type route struct {
	name string // of the constant or word in the code
	aim  string // what of hers, where there are several ways to aim
	may  string // kinds of people who may, with commas; "insiders" for all of this workspace
	late bool   // what comes of it is not committed at once
	form bool   // nothing is recorded: it opens a form, or shows what all of the team may read
	kind string // interactive, slash_commands or events_api
	make func(w *world, by who) map[string]any
}

func (r route) String() string { return strings.TrimSuffix(r.name+" "+r.aim, " ") }

func (r route) allows(p who) bool {
	return !p.outside && (r.may == "insiders" || strings.Contains(","+r.may+",", ","+p.kind+","))
}

func (w *world) next() string { return fmt.Sprint(w.count.Add(1)) }

// base is what interactions share.
func (w *world) base(kind string, by who) map[string]any {
	n := w.next()
	return map[string]any{"type": kind, "team": map[string]any{"id": "T0ACME"}, "user": map[string]any{"id": by.id, "team_id": by.team}, "trigger_id": "1." + n, "api_app_id": "A0COUNTERSIGN"}
}

// click is a click with a value that any card could hold.
func click(name, action, value, may string) route { return clickOn(name, action, value, "", may) }

func clickOn(name, action, value, aim, may string) route {
	return route{name: name, aim: aim, may: may, kind: "interactive", make: func(w *world, by who) map[string]any {
		p := w.base("block_actions", by)
		p["channel"] = map[string]any{"id": "C0CERTAPPROVALS"}
		p["container"] = map[string]any{"type": "message", "message_ts": "1700000000.000300", "channel_id": "C0CERTAPPROVALS"}
		p["actions"] = []any{map[string]any{"type": "button", "action_id": action, "block_id": "b", "value": w.filled(value), "action_ts": w.next()}}
		return p
	}}
}

// pick is a choice in a menu of a block.
func pick(name, action, block, option, may string) route {
	r := click(name, action, "", may)
	inner := r.make
	r.make = func(w *world, by who) map[string]any {
		p := inner(w, by)
		p["actions"] = []any{map[string]any{"type": "static_select", "action_id": action, "block_id": block, "action_ts": w.next(),
			"selected_option": map[string]any{"value": option, "text": map[string]any{"type": "plain_text", "text": option}}}}
		return p
	}
	return r
}

// submit is a submission with another's metadata.
func submit(name, callback, aim string, meta map[string]string, values map[string]any, may string) route {
	return route{name: name, aim: aim, may: may, kind: "interactive", make: func(w *world, by who) map[string]any {
		p := w.base("view_submission", by)
		p["view"] = w.view(callback, meta, values)
		return p
	}}
}

func (w *world) view(callback string, meta map[string]string, values map[string]any) map[string]any {
	full := map[string]string{}
	for k, v := range meta {
		full[k] = w.filled(v)
	}
	raw, _ := json.Marshal(full) // of strings
	state := map[string]any{}
	for block, v := range values {
		if s, ok := v.(string); ok {
			v = map[string]any{"type": "plain_text_input", "value": w.filled(s)}
		}
		state[block] = map[string]any{"value": v}
	}
	return map[string]any{"id": "V" + w.next(), "hash": w.next(), "type": "modal", "callback_id": callback, "private_metadata": string(raw), "state": map[string]any{"values": state}, "blocks": []any{}}
}

func option(v string) map[string]any {
	return map[string]any{"type": "static_select", "selected_option": map[string]any{"value": v, "text": map[string]any{"type": "plain_text", "text": v}}}
}

// filled puts the present hashes and marks into a value.
func (w *world) filled(value string) string {
	for id, hash := range w.hash {
		value = strings.ReplaceAll(value, "hash("+id+")", hash)
	}
	value = strings.ReplaceAll(value, "mark()", workflows.Mismatch{Leaf: []byte("leaf")}.Mark())
	value = strings.ReplaceAll(value, "stray()", workflows.Unused{Leaf: []byte("stray")}.SHA256())
	value = strings.ReplaceAll(value, "proposal()", workflows.Proposal{Field: "purpose", Values: []string{"the old portal"}}.Mark())
	value = strings.ReplaceAll(strings.ReplaceAll(value, "pem()", w.pem), "csr()", w.csr)
	value = strings.ReplaceAll(value, "step()", w.step)
	return strings.ReplaceAll(value, "plan()", w.plan)
}

func command(word, text, may string) route {
	return route{name: "command " + word, aim: text, may: may, kind: "slash_commands", make: func(w *world, by who) map[string]any {
		return map[string]any{"command": "/cert", "text": strings.TrimSpace(word + " " + w.filled(text)), "team_id": by.team, "user_id": by.id, "channel_id": "C0CERTIFICATES", "trigger_id": "2." + w.next(), "is_enterprise_install": "false"}
	}}
}

func shortcut(id, may string) route {
	return route{name: "shortcut " + id, may: may, kind: "interactive", make: func(w *world, by who) map[string]any {
		p := w.base("shortcut", by)
		p["callback_id"] = id
		return p
	}}
}

// says is a message at a place: in a direct message, a mention, or in one of her threads.
func says(event, aim, channel, thread, text, may string, files ...string) route {
	return route{name: "event " + event, aim: aim, may: may, kind: "events_api", make: func(w *world, by who) map[string]any {
		ts, channel := "1700000001."+fmt.Sprintf("%06s", w.next()), channel
		if channel == anyDM {
			channel += w.next() // where nothing is under way yet
		}
		e := map[string]any{"type": event, "user": by.id, "text": w.filled(text), "ts": ts, "channel": channel, "channel_type": map[bool]string{true: "im", false: "channel"}[channel[0] == 'D']}
		if by.team != "T0ACME" {
			e["user_team"] = by.team
		}
		if thread != "" {
			e["thread_ts"] = thread
		}
		if len(files) > 0 {
			var list []any
			for _, f := range files {
				list = append(list, map[string]any{"id": f})
			}
			e["files"], e["subtype"] = list, "file_share"
		}
		return map[string]any{"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev" + w.next(), "event": e}
	}}
}

const (
	insiders  = "insiders"
	anyDM     = "D0"
	talkAt    = "1700000000.000100" // the thread of C-1
	caseAt    = "1700000000.000200" // the thread of K-2
	approvers = "approver"
)

func routes() []route {
	all := []route{
		click("actApprove", "request.approve", "REQ-101 hash(REQ-101)", approvers),
		click("actReject", "request.reject", "REQ-101 hash(REQ-101)", approvers).opens(),
		click("actHold", "request.hold", "REQ-101 hash(REQ-101)", approvers).opens(),
		click("actResume", "request.resume", "REQ-102 hash(REQ-102)", approvers),
		click("actAsk", "request.ask", "REQ-101", insiders).opens(),
		click("actAnswer", "request.answer", "REQ-101", insiders).opens(),
		click("actCancel", "request.cancel", "REQ-101", "owner"),
		click("actGiveUp", "request.give_up", "REQ-104", "owner,approver"),
		click("actKey", "request.key", "REQ-105", "owner"),
		click("actInstall", "request.install", "REQ-105", "owner"),
		click("actRenew", "request.renew", "REQ-105", "owner"),
		click("actCSR", "request.csr", "REQ-111", "owner").opens(),
		click("actShow", "request.show", "REQ-101", insiders).opens(),
		click("actGroupApprove", "group.approve", "B-2/1 hash(B-2/1)", approvers),
		click("actGroupExcept", "group.except", "B-2/1 hash(B-2/1)", approvers).opens(),
		click("actGroupReject", "group.reject", "B-2/1 hash(B-2/1)", approvers).opens(),
		click("actGroupHold", "group.hold", "B-2/1 hash(B-2/1)", approvers).opens(),
		click("actGroupResume", "group.resume", "B-2/1 hash(B-2/1)", approvers),
		click("actGroupCancel", "group.cancel", "B-2/1", "owner"),
		click("actGroupKeys", "group.keys", "B-2/1", "owner"),
		click("actGroupInstall", "group.install", "B-2/1", "owner"),
		click("actStep", "step.tick", "REQ-105 step() done", "owner"),
		click("actStep, of a group", "step.tick", "B-2/1 step() done", "owner"),
		click("actGroupShow", "group.show", "B-2/1", insiders).opens(),
		click("actNew", "home.new", "new", insiders),
		click("actDiagnose", "home.diagnose", "diagnose", insiders).opens(),
		click("actKeyAgain", "key.again", "REQ-110", insiders).opens(),
		click("actKeyAllow", "key.allow", "REQ-106 0", approvers),
		click("actKeyRefuse", "key.refuse", "REQ-106 0", approvers),
		click("actKeyOpened", "key.opened", "REQ-110 0", "owner"),
		click("actKeyNoWork", "key.no_work", "REQ-110 0", "owner"),
		click("actKeyNotMe", "key.not_me", "REQ-110 0", "owner"),
		click("actAccept", "held.accept", "REQ-103 mark()", ""), // what is held here is no certificate
		click("actTurnAway", "held.turn_away", "REQ-103 mark()", approvers),
		click("actUnusedRevoked", "stray.confirm.0", "REQ-108 stray()", approvers),
		click("actRevoke", "revoke.order", "REQ-105", approvers).opens(),
		click("actRevokedCA", "revoke.confirm", "REQ-107", approvers),
		click("actAskRevocation", "revoke.ask", "REQ-105", insiders).opens(),
		click("actRefuseRevocation", "revoke.refuse", "REQ-106 0", approvers),
		click("actChoose", "talk.choose.production", "C-1 environment", "owner"),
		pick("actPick", "talk.pick", "ask C-1 environment", "production", "owner"),
		click("actMore", "talk.more", "C-1 purpose", "owner"),
		click("actSkip", "talk.skip", "C-1 purpose", "owner"),
		click("actBack", "talk.back", "C-1 purpose", "owner"),
		click("actDrop", "talk.drop", "C-1 purpose", "owner"),
		click("actSend", "talk.send", "C-2 plan()", "owner"),
		pick("actEdit", "talk.edit", "review C-2", "purpose", "owner"),
		click("actWizard", "talk.wizard", "C-1", "owner").reads(),
		pick("actRecall", "talk.recall", "recall C-1", "portal.example.org", "owner"),
		click("actPlan", "talk.plan", "C-2", "owner"),
		click("actInstead", "talk.instead.REQ-106", "C-2 REQ-106", "owner"),
		click("actTake", "talk.take.purpose", "C-1 purpose proposal()", "owner"),
		click("actNo", "talk.no", "C-1 * proposal()", "owner"),
		click("actTeachApprove", "teach.approve", "L-1", approvers),
		click("actTeachReject", "teach.reject", "L-1", "approver,support").opens(),
		{name: "valueID", may: "owner", kind: "interactive", make: func(w *world, by who) map[string]any {
			p := click("", "value", "", "").make(w, by)
			p["view"] = w.view("request.page", map[string]string{"c": "C-1", "s": "who"}, map[string]any{"purpose": "stolen"})
			return p
		}},
		submit("viewPage", "request.page", "", map[string]string{"c": "C-1", "s": "who"}, map[string]any{"purpose": "stolen"}, "owner"),
		submit("viewReview", "request.review", "", map[string]string{"c": "C-2", "p": "plan()"}, nil, "owner"),
		submit("viewAll", "group.reason", "", map[string]string{"g": "B-2/1", "h": "hash(B-2/1)", "v": "reject"}, map[string]any{"reason": "no"}, approvers),
		submit("viewExcept", "group.except", "", map[string]string{"g": "B-2/1", "h": "hash(B-2/1)"}, map[string]any{"reason": "no"}, approvers),
		submit("viewAsk", "request.question", "", map[string]string{"r": "REQ-101"}, map[string]any{"reason": "why?"}, approvers),
		submit("viewAnswer", "request.answer", "", map[string]string{"r": "REQ-101"}, map[string]any{"reason": "because"}, "owner"),
		submit("viewCSR", "request.csr", "", map[string]string{"r": "REQ-111"}, map[string]any{"reason": "csr()"}, "owner"),
		submit("viewCSR", "request.csr", "with a file", map[string]string{"r": "REQ-111"}, map[string]any{"reason": "", "file": map[string]any{"type": "file_input", "files": []any{map[string]any{"id": "F1"}}}}, "owner"),
		submit("viewKeyAgain", "key.again", "", map[string]string{"r": "REQ-110"}, map[string]any{"reason": "lost"}, "owner"),
		submit("viewAskRevocation", "revoke.ask", "", map[string]string{"r": "REQ-105"}, map[string]any{"revocation": option("superseded"), "reason": ""}, "owner"),
		submit("viewAskRevocation, of a stolen key", "revoke.ask", "", map[string]string{"r": "REQ-105"}, map[string]any{"revocation": option("keyCompromise"), "reason": "seen in a paste"}, insiders),
		submit("viewRevoke", "revoke.order", "", map[string]string{"r": "REQ-105"}, map[string]any{"revocation": option("superseded"), "reason": ""}, approvers),
		submit("viewDiagnose", "case.diagnose", "", nil, map[string]any{"reason": expired}, insiders),
		submit("viewTeachReject", "teach.reject", "", map[string]string{"r": "L-1"}, map[string]any{"reason": "no"}, approvers),
		submit("viewDone", "done", "", nil, nil, insiders).reads(),
		command("new", "TLS server certificate for other.example.org", insiders),
		command("list", "", insiders).reads(), command("show", "REQ-101", insiders).reads(), command("help", "", insiders).reads(),
		command("renew", "REQ-105", "owner"), command("revoke", "REQ-105", insiders).opens(), command("diagnose", expired, insiders), command("inspect", expired, insiders),
		shortcut("cert_new", insiders), shortcut("cert_diagnose", insiders).opens(),
		says("message", "cancels hers", anyDM, "", "cancel REQ-101", insiders),
		says("message", "renews hers", anyDM, "", "please renew REQ-105", "owner"),
		says("message", "the same as hers", anyDM, "", "I need a certificate for x.example.org, same as REQ-105", insiders),
		says("message", "approves by word", anyDM, "", "approve REQ-101", insiders),
		says("message", "asks", anyDM, "", "show REQ-101", insiders),
		says("message", "answers in her thread", "C0CERTIFICATES", talkAt, "stolen", "owner").silent(),
		says("message", "cancels in her thread", "C0CERTIFICATES", talkAt, "cancel", "owner").silent(),
		says("app_mention", "answers in her thread", "C0CERTIFICATES", talkAt, "<@U0COUNTERSIGN> the purpose is theft", "owner").silent(),
		says("app_mention", "in a channel", "C0SUPPORT", "", "<@U0COUNTERSIGN> "+expired, insiders),
		says("message", "remark in a case's thread", "C0SUPPORT", caseAt, "works again, thanks", insiders),
		says("message", "remark in her direct message", "D0ELLA", "", "works again, thanks", "owner").silent(),
		says("message", "words in her direct message", "D0ELLA", "", "cancel", "owner").silent(),
		says("message", "drops a file in her direct message", "D0ELLA", "", "", "owner", "F1").silent(),
		says("message", "drops a file in her thread", "C0CERTIFICATES", talkAt, "", "owner", "F1").silent(),
		says("app_mention", "drops a file in her thread", "C0CERTIFICATES", talkAt, "<@U0COUNTERSIGN> look", insiders, "F1"),
		says("message", "drops a file in a case's thread", "C0SUPPORT", caseAt, "", insiders, "F1"),
		says("message", "drops a file", anyDM, "", "", insiders, "F1"),
		says("message", "gives a certificate for hers", anyDM, "", "pem()", "owner,approver").later(),
		command("inspect", "pem()", insiders),
		{name: "event app_home_opened", may: insiders, form: true, kind: "events_api", make: func(w *world, by who) map[string]any {
			return map[string]any{"type": "event_callback", "team_id": by.team, "event_id": "Ev" + w.next(), "event": map[string]any{"type": "app_home_opened", "user": by.id, "tab": "home", "channel": "D0SAM"}}
		}},
		{name: "event assistant_thread_started", may: insiders, form: true, kind: "events_api", make: func(w *world, by who) map[string]any {
			return map[string]any{"type": "event_callback", "team_id": by.team, "event_id": "Ev" + w.next(), "event": map[string]any{"type": "assistant_thread_started",
				"assistant_thread": map[string]any{"user_id": by.id, "channel_id": "D0SAM", "thread_ts": "1.1"}}}
		}},
		{name: "event function_executed", may: insiders, kind: "events_api", make: func(w *world, by who) map[string]any {
			return map[string]any{"type": "event_callback", "team_id": by.team, "event_id": "Ev" + w.next(), "event": map[string]any{"type": "function_executed", "function_execution_id": "Fx" + w.next(),
				"function": map[string]any{"callback_id": "wait_for_decision"}, "inputs": map[string]any{"user": by.id, "request": "REQ-101"}}}
		}},
		{name: "shortcut diagnose_this", may: insiders, kind: "interactive", make: func(w *world, by who) map[string]any {
			p := w.base("message_action", by)
			p["callback_id"], p["channel"] = "diagnose_this", map[string]any{"id": "C0SUPPORT"}
			p["message"] = map[string]any{"type": "message", "ts": "1700000000.0009" + w.next(), "text": expired}
			return p
		}},
	}
	const forged = "forged"
	wrong := strings.Repeat("0", 64)
	all = append(all, // a right person with values that no card shows
		clickOn("actApprove", "request.approve", "REQ-101 "+wrong, forged, ""), clickOn("actApprove", "request.approve", "REQ-101 hash(REQ-102)", forged, ""), clickOn("actApprove", "request.approve", "REQ-101", forged, ""),
		clickOn("actGroupApprove", "group.approve", "B-2/1 "+wrong, forged, ""), clickOn("actGroupApprove", "group.approve", "B-2/1 hash(REQ-112)", forged, ""), clickOn("actGroupApprove", "group.approve", "B-2/1", forged, ""),
		clickOn("actGroupApprove", "group.approve", "B-1 hash(B-2/1)", forged, "").reads(), clickOn("actGroupInstall", "group.install", "REQ-105", forged, "").reads(), clickOn("actGroupKeys", "group.keys", "", forged, "").reads(),
		submit("viewAll", "group.reason", forged, map[string]string{"g": "B-2/1", "h": wrong, "v": "approve"}, map[string]any{"reason": "no"}, ""),
		submit("viewExcept", "group.except", forged, map[string]string{"g": "B-2/1", "h": wrong}, map[string]any{"reason": "no"}, ""),
		clickOn("actReject", "request.reject", "REQ-101 "+wrong, forged, ""), clickOn("actResume", "request.resume", "REQ-101 hash(REQ-101)", forged, ""),
		clickOn("actCancel", "request.cancel", "REQ-105", forged, ""), clickOn("actGiveUp", "request.give_up", "REQ-101", forged, ""), clickOn("actKey", "request.key", "REQ-106", forged, ""),
		clickOn("actInstall", "request.install", "REQ-107", forged, ""), clickOn("actKeyAllow", "key.allow", "REQ-106 7", forged, ""), clickOn("actKeyAllow", "key.allow", "REQ-110 0", forged, ""),
		clickOn("actTurnAway", "held.turn_away", "REQ-103 "+wrong, forged, ""), clickOn("actUnusedRevoked", "stray.confirm.0", "REQ-108 "+wrong, forged, ""), clickOn("actRevokedCA", "revoke.confirm", "REQ-105", forged, ""),
		clickOn("actSend", "talk.send", "C-2 "+wrong, forged, ""), clickOn("actTake", "talk.take.all", "C-1 * "+wrong, forged, ""),
		submit("viewReason", "decision.reason", forged, map[string]string{"r": "REQ-101", "h": wrong, "v": "approve"}, map[string]any{"reason": "no"}, ""),
		submit("viewReason", "decision.reason", forged, map[string]string{"r": "REQ-102", "h": "hash(REQ-101)", "v": "reject"}, map[string]any{"reason": "no"}, ""),
		submit("viewReview", "request.review", forged, map[string]string{"c": "C-2", "p": wrong}, nil, "").reads())
	for _, v := range []string{"approve", "reject", "hold", "resume"} {
		id := map[bool]string{true: "REQ-102", false: "REQ-101"}[v == "resume"]
		all = append(all, submit("viewReason", "decision.reason", v, map[string]string{"r": id, "h": "hash(" + id + ")", "v": v}, map[string]any{"reason": "no"}, approvers))
	}
	for id, may := range map[string]string{"K-1": "owner", "K-2": insiders} { // a direct message's case is its person's alone
		teach := map[string]string{"K-1": "approver,support", "K-2": "approver,support"}[id]
		all = append(all, clickOn("actCaseAnswer", "case.answer.peer-log.expired", id, id, may).reads(),
			clickOn("actCaseTick", "case.tick", id+" expired 0 done", id, may), clickOn("actCaseAgain", "case.again", id, id, may).reads(),
			clickOn("actCaseSolved", "case.solved", id, id, may), clickOn("actCaseWrong", "case.wrong", id, id, may).opens(),
			clickOn("actCaseFeedback", "case.feedback", id+" solved", id, may), clickOn("actCaseFeedback", "case.feedback.1", id+" wrong", id+" wrong", may).opens(),
			clickOn("actCaseLong", "case.long", id, id, may), clickOn("actCaseHand", "case.handover", id, id, may),
			clickOn("actCaseRemedy", "case.remedy", id, id, may), clickOn("actCaseTeach", "case.teach", id, id, teach).opens(),
			clickOn("actCaseProbe", "case.look.0", id+" example.org:443", id, ""), // nothing may be looked at here
			submit("viewWrong", "case.wrong", id, map[string]string{"k": id}, map[string]any{"reason": "wrong"}, may),
			submit("viewTeach", "teach.form", id, map[string]string{"k": id}, map[string]any{"headline": "Reader firmware", "cause": "reader-firmware", "wordings": "reader says rc=-78 to it", "fix": "Update."}, teach))
	}
	return all
}

// opens: a click that opens a form stores nothing; the form's submission is judged.
func (r route) opens() route { r.form = true; return r }

// reads: what it shows is no secret within the team.
func (r route) reads() route { r.form = true; return r }

// later: what she may give here is none that would be taken.
func (r route) later() route { r.late = true; return r }

// silent: what people say to each other in a thread is not for the bot, and not refused.
func (r route) silent() route { r.form = true; return r }
