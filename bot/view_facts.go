package bot

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// stateLine says where a request stands and whose turn it is.
func stateLine(s speaker, r workflows.Request) string {
	key := "bot.state." + string(r.State)
	if r.State == workflows.Submitted && len(r.CSR) == 0 {
		key += "_no_csr"
		if r.Spec.OwnCSR {
			key += "_device"
		}
	}
	by := r.EndedBy
	switch {
	case r.Asked() && r.State == workflows.Submitted:
		key, by = "bot.state.asked", r.Requester
		if s.to == r.Requester {
			key = "bot.state.asked_you"
		}
	case r.Mismatch != nil:
		key = "bot.state.held"
	case r.Stolen() && r.Revoking == nil && !r.State.Ended():
		key = "bot.state.stolen"
	}
	line := s.raw(key, "Who", who(by), "Day", s.day(r.NotAfter), "Until", s.when(r.Expires), "Why", troubleText(s, r))
	if text := revokingText(s, r); text != "" && r.State == workflows.Issued {
		line = text // what stood there says to install it
	} else if text != "" {
		line += "\n" + text
	}
	if text := revocationAsked(s, r); text != "" {
		line += "\n" + text
	}
	if !r.Trouble.IsZero() && r.State != workflows.Failed {
		line += "\n:warning: " + s.raw("bot.trouble", "Why", troubleText(s, r), "Since", s.when(r.Trouble.Since))
	}
	return line
}

// troubleText says what keeps a request waiting. Who asked for it also reads where it can be
// decided meanwhile; an approver who reads this is there.
func troubleText(s speaker, r workflows.Request) string {
	why := s.text(r.Trouble.Text)
	if s.to == r.Requester && r.Trouble.OfChannel() && r.Trouble.Text.Args["Channel"] != "" {
		return s.raw("bot.channel.meanwhile", "Why", why, "Request", string(r.ID))
	}
	return why
}

// title names a request in a word or two.
// Of a cluster's certificates all may have one common name, so the node is said too.
func title(r workflows.Request) string {
	name := r.Spec.CommonName
	if len(r.Spec.For) == 1 && r.Spec.For[0] != name {
		name = r.Spec.For[0] + " (" + name + ")"
	}
	return string(r.ID) + " · " + name
}

// subjectLine writes the distinguished name as OpenSSL does.
func subjectLine(r workflows.Request) string {
	line, sub := "CN="+r.Spec.CommonName, r.Spec.Subject
	for _, p := range [][2]string{{"O", sub.O}, {"OU", sub.OU}, {"L", sub.L}, {"ST", sub.ST}, {"C", sub.C}} {
		if p[1] != "" {
			line += ", " + p[0] + "=" + p[1]
		}
	}
	return line
}

// deploymentFacts are the facts of what the certificate is for.
func deploymentFacts(s speaker, r workflows.Request) *slack.SectionBlock {
	product := "–"
	topology := "–"
	if len(r.Deployment.Systems) > 0 {
		sys := r.Deployment.Systems[0]
		product = escape(s.option("product", sys.Product))
		if sys.Version != "" {
			product += " " + escape(sys.Version)
		}
		topology = s.option("topology", string(sys.Topology))
	}
	return facts(
		[2]string{s.say("bot.fact.requester"), who(r.Requester)},
		[2]string{s.say("bot.fact.deployment"), product},
		[2]string{s.say("bot.fact.profile"), escape(s.profile(r.Spec.Profile))},
		[2]string{s.say("bot.fact.topology"), topology},
		[2]string{s.say("bot.fact.environment"), escape(s.option("environment", r.Deployment.Environment))},
		[2]string{s.say("bot.fact.nodes"), clip(codes(r.Spec.For), 400)},
		[2]string{s.say("bot.fact.key"), keyKept(s, r)},
		[2]string{s.say("bot.fact.issuer"), issuedBy(s, r)},
	)
}

func keyKept(s speaker, r workflows.Request) string {
	return s.say("bot.fact.kept", "Key", s.key(r.Spec.Key), "Custody", s.option("custody", r.Custody))
}

func issuedBy(s speaker, r workflows.Request) string {
	return s.say("bot.fact.issued_by", "Issuer", s.option("issuer", r.Issuer), "CA", s.option("ca", string(r.Spec.CA)))
}

func codes(list []string) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = code(v)
	}
	return strings.Join(out, " ")
}

// requestBlocks decode what is to be signed: subject, names with reasons, usages.
func requestBlocks(s speaker, r workflows.Request) []slack.Block {
	blocks := []slack.Block{
		section("*" + s.say("bot.fact.subject") + "*\n" + code(subjectLine(r))),
	}
	blocks = append(blocks, nameBlocks(s, r.Spec)...)
	usage := func(key string, list []workflows.Usage) string {
		ids := make([]string, 0, len(list))
		for _, u := range list {
			ids = append(ids, code(u.ID))
		}
		if len(ids) == 0 {
			ids = []string{"–"}
		}
		return "*" + s.say(key) + "*  " + strings.Join(ids, " ")
	}
	blocks = append(blocks, section(usage("bot.fact.eku", r.Spec.EKU)+"\n"+usage("bot.fact.ku", r.Spec.KU)+"\n"+
		s.raw("bot.fact.days", "Days", fmt.Sprint(r.Spec.Days))))
	return blocks
}

// nameBlocks list every name with its reason, as many a section as fit.
func nameBlocks(s speaker, spec workflows.Spec) []slack.Block {
	var blocks []slack.Block
	text := "*" + s.raw("bot.fact.names", "Count", fmt.Sprint(len(spec.Names))) + "*"
	for _, n := range spec.Names {
		line := "\n• " + code(strings.ToUpper(string(n.Type))+":"+n.Value)
		if n.Unicode != "" && n.Unicode != n.Value {
			line += " (" + code(n.Unicode) + ")"
		}
		line += "  " + s.text(n.Reason)
		if len([]rune(text))+len([]rune(line)) > 1500 {
			blocks = append(blocks, section(text))
			text = ""
		}
		text += clip(line, 1400)
	}
	return append(blocks, section(strings.TrimPrefix(text, "\n")))
}

// findingBlocks show warnings with where each is written.
func findingBlocks(s speaker, list []workflows.Finding) []slack.Block {
	var blocks []slack.Block
	for _, f := range list {
		blocks = append(blocks, note(findingLine(s, f)))
	}
	return blocks
}

func findingLine(s speaker, f workflows.Finding) string {
	mark := map[workflows.Severity]string{"error": ":no_entry:", "warning": ":warning:", "info": ":information_source:"}[f.Severity]
	line := mark + " " + s.text(f.Text)
	if f.Source != "" {
		line += "  _" + source(f.Source) + "_"
	}
	return line
}

// source names where a rule stands; a page of the web is a link, the only one that is ours.
func source(s string) string {
	if u, err := url.Parse(s); err == nil && u.Scheme == "https" && u.Host != "" && !strings.ContainsAny(s, "|<> ") {
		return "<" + escaper.Replace(shown(s)) + ">"
	}
	return escape(s)
}

// shownRemarks is how many remarks a card shows, the newest: anybody may make as many as they
// like, and what approvers have decided and asked must not go for them.
const shownRemarks = 4

// history tells who decided what, when and why, and what was asked and remarked: each oldest
// first, of the latest at most so many.
func history(s speaker, r workflows.Request, most int) []slack.Block {
	var blocks []slack.Block
	for _, line := range historyLines(s, r, most) {
		blocks = append(blocks, note(line))
	}
	return blocks
}

// decidedLine is one decision in a history.
func decidedLine(s speaker, d workflows.Decision) string {
	line := s.raw("bot.decided."+string(d.Verdict), "Who", who(d.By), "When", s.when(d.At))
	if d.Reason != "" {
		line += "\n" + quote(d.Reason)
	}
	return line
}

func historyLines(s speaker, r workflows.Request, most int) []string {
	var lines []string
	for _, d := range r.Decisions {
		lines = append(lines, decidedLine(s, d))
	}
	for _, v := range r.Unused {
		if !v.Open() {
			lines = append(lines, unusedLine(s, r, v))
		}
	}
	for _, h := range r.Releases {
		lines = append(lines, handedLine(s, r, h))
	}
	for _, a := range r.Asks {
		lines = append(lines, s.raw("bot.ask_key.asked", "Who", who(r.Requester), "When", s.when(a.At))+" "+askLine(s, a))
	}
	for _, q := range r.Questions {
		line := s.raw("bot.asked", "Who", who(q.By), "When", s.when(q.At)) + "\n" + quote(clip(q.Text, 700))
		if q.Answer != "" {
			line += "\n" + s.raw("bot.answered", "Who", who(r.Requester)) + "\n" + quote(clip(q.Answer, 700))
		}
		lines = append(lines, line)
	}
	remarks := r.Remarks[max(0, len(r.Remarks)-shownRemarks):]
	lines = lines[max(0, len(lines)+len(remarks)-most):]
	for _, m := range remarks {
		lines = append(lines, s.raw("bot.remarked", "Who", who(m.By), "When", s.when(m.At))+"\n"+quote(clip(m.Text, 700)))
	}
	return lines
}
