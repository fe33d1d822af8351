package bot

import (
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/intake"
)

// followsBlocks quote to approvers how the request ended that r asks for again, and say what
// r asks for differently.
func followsBlocks(s speaker, r workflows.Request) []slack.Block {
	if r.Follows == nil {
		return nil
	}
	now := workflows.AskedIn(r.Spec, r.Deployment.Environment, r.Purpose)
	return []slack.Block{section(":leftwards_arrow_with_hook: " + endedText(s, *r.Follows) + "\n" + differsText(s, *r.Follows, now))}
}

// followsNote says to who asks again why it was refused, where that stands in the plan with
// what is different by now.
func followsNote(s speaker, c workflows.Conversation, plan workflows.Plan) []slack.Block {
	if c.Follows == nil {
		return nil
	}
	text := ":leftwards_arrow_with_hook: " + endedText(s, *c.Follows) + "\n" + s.raw("bot.follows.filled", "Request", code(string(c.Follows.Request)), "Who", who(c.Follows.Requester))
	if asked := plan.Requestable(); c.Phase == workflows.Reviewing && len(asked) == 1 {
		text += "\n" + differsText(s, *c.Follows, workflows.AskedIn(asked[0], c.Answers.First("environment"), c.Answers.First("purpose")))
	}
	return []slack.Block{section(text)}
}

// endedText says how the request ended, by whom and why.
func endedText(s speaker, f workflows.Followed) string {
	text := s.raw("bot.follows."+string(f.State), "Request", code(string(f.Request)), "Who", who(f.By), "Why", s.text(f.Why))
	if f.Reason != "" {
		text += "\n" + quote(clip(f.Reason, 900))
	}
	return text
}

// differsText lists what is asked for differently: of what was refused something should be.
func differsText(s speaker, f workflows.Followed, now workflows.Asked) string {
	old := f.Asked
	var changes []string
	change := func(key string, pairs ...string) { changes = append(changes, "• "+s.raw(key, pairs...)) }
	field := func(label, old, now string) {
		if old != now {
			change("bot.follows.field", "Field", s.say(label), "Old", orDash(old), "New", orDash(now))
		}
	}
	if old.CommonName != now.CommonName {
		change("bot.replaces.cn", "Old", code(old.CommonName), "New", code(now.CommonName))
	}
	if added := missingFrom(old.Names, now.Names); len(added) > 0 {
		change("bot.replaces.added", "Names", clip(codes(added), 400))
	}
	if dropped := missingFrom(now.Names, old.Names); len(dropped) > 0 {
		change("bot.replaces.dropped", "Names", clip(codes(dropped), 400))
	}
	for _, part := range [][3]string{{"O", old.Subject.O, now.Subject.O}, {"OU", old.Subject.OU, now.Subject.OU}, {"L", old.Subject.L, now.Subject.L},
		{"ST", old.Subject.ST, now.Subject.ST}, {"C", old.Subject.C, now.Subject.C}} {
		field("form.subject."+part[0]+".label", orNothing(part[1]), orNothing(part[2]))
	}
	field("bot.fact.eku", codes(old.EKU), codes(now.EKU))
	field("bot.fact.key", s.key(old.Key), s.key(now.Key))
	field("form.ca.label", escape(s.option("ca", string(old.CA))), escape(s.option("ca", string(now.CA))))
	field("bot.follows.maker", escape(s.option("csr", maker(old))), escape(s.option("csr", maker(now))))
	field("bot.fact.environment", escape(s.option("environment", old.Environment)), escape(s.option("environment", now.Environment)))
	field("bot.fact.purpose", inShort(old.Purpose), inShort(now.Purpose))
	switch {
	case len(changes) == 0 && f.State == workflows.Rejected:
		return ":warning: *" + s.say("bot.follows.same") + "*"
	case len(changes) == 0:
		return s.say("bot.follows.same")
	}
	return s.say("bot.follows.differs") + "\n" + strings.Join(changes, "\n")
}

// maker is who makes key and CSR.
func maker(a workflows.Asked) string {
	if a.OwnCSR {
		return intake.DeviceCSR
	}
	return intake.OursCSR
}

// inShort is what somebody wrote, short and on one line.
func inShort(v string) string { return escape(clip(strings.Join(strings.Fields(v), " "), 200)) }

// orNothing is code for what may be empty.
func orNothing(v string) string {
	if v == "" {
		return ""
	}
	return code(v)
}

func orDash(v string) string {
	if v == "" {
		return "–"
	}
	return v
}
