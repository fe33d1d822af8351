package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/keyrelease"
)

// The actions of a card that several requests share. Their value names the group, and where a
// decision is meant, the hash of what the card shows.
const (
	actGroupApprove = "group.approve"
	actGroupExcept  = "group.except"
	actGroupReject  = "group.reject"
	actGroupHold    = "group.hold"
	actGroupResume  = "group.resume"
	actGroupCancel  = "group.cancel"
	actGroupKeys    = "group.keys"
	actGroupInstall = "group.install"
	actGroupShow    = "group.show"
)

// groupTitle names the requests of a group in a word or two.
func groupTitle(all []workflows.Request) string {
	first, last := all[0], all[len(all)-1]
	ids := string(first.ID) + " – " + string(last.ID)
	if len(all) == 2 {
		ids = string(first.ID) + ", " + string(last.ID)
	}
	name := first.Spec.CommonName
	if len(first.Deployment.Systems) > 0 && first.Deployment.Name != "" {
		name = first.Deployment.Name
	}
	return ids + " · " + name
}

// allSay reports what a text says of all requests of a group; false, where it says different
// things.
func allSay(all []workflows.Request, text func(workflows.Request) string) (string, bool) {
	first := text(all[0])
	for _, r := range all[1:] {
		if text(r) != first {
			return "", false
		}
	}
	return first, true
}

// ofWhich gives the lines of several requests, each once, with the requests that it is of unless
// it is of all.
func ofWhich(all []workflows.Request, lines func(workflows.Request) []string) []string {
	var order []string
	of := map[string][]string{}
	for _, r := range all {
		for _, line := range lines(r) {
			if of[line] == nil {
				order = append(order, line)
			}
			if id := string(r.ID); !slices.Contains(of[line], id) {
				of[line] = append(of[line], id)
			}
		}
	}
	for i, line := range order {
		if len(of[line]) < len(all) {
			order[i] = codes(of[line]) + "  " + line
		}
	}
	return order
}

// groupState says where the requests of a group stand: all in one line, or how many where.
func groupState(s speaker, all []workflows.Request) string {
	if line, same := allSay(all, func(r workflows.Request) string { return stateLine(s, r) }); same {
		return line
	}
	var order []string
	count := map[string]int{}
	for _, r := range all {
		word := stateWord(s, r)
		if count[word]++; count[word] == 1 {
			order = append(order, word)
		}
	}
	for i, word := range order {
		order[i] = fmt.Sprintf("%d × %s", count[word], word)
	}
	return strings.Join(order, " · ")
}

// stateWord is where one request stands, in a word.
func stateWord(s speaker, r workflows.Request) string {
	key := string(r.State)
	switch {
	case r.Awaits() == workflows.AwaitCSR:
		key = "awaits_csr"
	case r.Mismatch != nil:
		key = "held"
	}
	return s.say("bot.state_word." + key)
}

// groupCard is what approvers decide on together. All of it stands there: where there is no room,
// each certificate is said shorter, and what is to be settled of one is behind its button.
func groupCard(s speaker, all []workflows.Request, a awaited) message {
	first, of := all[0], len(all)
	head := []slack.Block{header(s.raw("bot.card.titles", "Title", groupTitle(all))), section(groupState(s, all) + a.line(s, openIn(all))), groupFacts(s, all)}
	if first.Purpose != "" {
		head = append(head, section("*"+s.say("bot.fact.purpose")+"*\n"+quote(clip(first.Purpose, 900))))
	}
	tail := notes(groupHistory(s, all, 10))
	if row := groupActions(s, all); row != nil {
		tail = append(tail, row)
	}
	tail = append(tail, note(s.raw("bot.card.hash_all", "Hash", code(workflows.GroupHash(all)[:16]), "Embedded", embedded(s, first))))
	whole := slices.Concat(head, certificateBlocks(s, all, of, true))
	for ; (len(whole)+len(tail) > maxBlocks || weigh(whole)+weigh(tail) > maxBlockSum) && of < 8*len(all); of *= 2 {
		whole = slices.Concat(head, certificateBlocks(s, all, of, false))
	}
	var middle []slack.Block
	for _, r := range openIn(all) {
		middle = append(middle, followsBlocks(s, r)...)
	}
	middle = append(middle, notes(ofWhich(all, func(r workflows.Request) (lines []string) {
		if r.Twin != nil {
			lines = append(lines, twinLine(s, r))
		}
		for _, f := range r.Spec.Findings {
			lines = append(lines, findingLine(s, f))
		}
		return lines
	}))...)
	return message{
		Text:   clip(s.raw("bot.card.texts", "Title", escape(groupTitle(all)), "Who", who(first.Requester)), maxMessageText),
		Blocks: fit(whole, middle, tail, note(s.say("bot.card.more"))),
	}
}

// certificateBlocks are the certificates of a card, those first of which something is to be
// settled: here, where there is room.
func certificateBlocks(s speaker, all []workflows.Request, of int, settle bool) []slack.Block {
	var first, others []slack.Block
	_, same := allSay(all, func(r workflows.Request) string { return stateLine(s, r) })
	for _, r := range all {
		switch {
		case !r.NeedsApprovers() || r.Awaits() == workflows.AwaitDecision:
			others = append(append(others, certificateBlock(s, r, same, of)), replacesBlocks(s, r.Replaces, r.Spec)...)
		case settle:
			first = append(first, toSettle(s, r)...)
		default:
			first = append(first, certificateBlock(s, r, false, of))
		}
	}
	return append(first, others...)
}

// toSettle is one certificate of several of which something is to be settled by itself.
func toSettle(s speaker, r workflows.Request) []slack.Block {
	blocks := append([]slack.Block{certificateBlock(s, r, false, workflows.MaxGroup)}, unusedBlocks(s, r)...)
	blocks = append(blocks, mismatchBlocks(s, r)...)
	rows := []*slack.ActionBlock{unusedActions(s, r)}
	if r.State == workflows.Issuing {
		rows = append(rows, approvalActions(s, r))
	}
	if r.Revoking != nil {
		rows = append(rows, revokeActions(s, r))
	}
	for _, row := range rows {
		if row != nil {
			row.BlockID += " " + string(r.ID) // a message has each once
			blocks = append(blocks, row)
		}
	}
	return blocks
}

func notes(lines []string) []slack.Block {
	blocks := make([]slack.Block, len(lines))
	for i, line := range lines {
		blocks[i] = note(line)
	}
	return blocks
}

func groupHistory(s speaker, all []workflows.Request, most int) []string {
	lines := ofWhich(all, func(r workflows.Request) []string { return historyLines(s, r, most) })
	return lines[max(0, len(lines)-most):]
}

// groupFacts are what the requests of a plan have in common. Where the key is, and who signs, is
// said of each, where that differs.
func groupFacts(s speaker, all []workflows.Request) *slack.SectionBlock {
	block := deploymentFacts(s, all[0])
	of := func(title string, line func(speaker, workflows.Request) string) *slack.TextBlockObject {
		lines := ofWhich(all, func(r workflows.Request) []string { return []string{line(s, r)} })
		return mrkdwn("*"+s.say(title)+"*\n"+strings.Join(lines, "\n"), maxField)
	}
	block.Fields = slices.Concat(block.Fields[:2], block.Fields[3:5], // without profile and nodes
		[]*slack.TextBlockObject{of("bot.fact.key", keyKept), of("bot.fact.issuer", issuedBy)})
	return block
}

// certificateBlock is one certificate of so many on a card, as short as lets all of them stand
// there: the whole of it is behind its button.
func certificateBlock(s speaker, r workflows.Request, stateSaid bool, of int) *slack.SectionBlock {
	names := make([]string, 0, len(r.Spec.Names))
	for _, n := range r.Spec.Names {
		names = append(names, n.Value)
	}
	text := "*" + escape(clip(title(r), 110)) + "*  " + escape(s.profile(r.Spec.Profile))
	if !stateSaid {
		text += "\n" + clip(stateLine(s, r), 1500/of)
	}
	usages := make([]string, 0, len(r.Spec.EKU))
	for _, u := range r.Spec.EKU {
		usages = append(usages, u.ID)
	}
	text += "\n" + code(clip(subjectLine(r), 1500/of)) + "\n*" + s.raw("bot.fact.names", "Count", strconv.Itoa(len(names))) + "*  " + codesWithin(names, 3000/of) +
		"\n" + s.key(r.Spec.Key) + " · " + codes(usages) + " · " + s.raw("bot.fact.days", "Days", strconv.Itoa(r.Spec.Days))
	block := section(text)
	block.Accessory = slack.NewAccessory(button(actShow, string(r.ID), s.raw("bot.button.show"), slack.StyleDefault))
	return block
}

// codesWithin is codes of as many as fit into so many characters, and how many more there are.
func codesWithin(list []string, most int) string {
	for n := len(list); n > 0; n-- {
		text := codes(list[:n])
		if n < len(list) {
			text += " +" + strconv.Itoa(len(list)-n)
		}
		if len([]rune(text)) <= most {
			return text
		}
	}
	return "+" + strconv.Itoa(len(list))
}

// those gives the requests of a group of which something is so.
func those(all []workflows.Request, is func(workflows.Request) bool) (some []workflows.Request) {
	for _, r := range all {
		if is(r) {
			some = append(some, r)
		}
	}
	return some
}

// awaiting gives the requests of a group that wait for what is named.
func awaiting(all []workflows.Request, what workflows.Await) []workflows.Request {
	return those(all, func(r workflows.Request) bool { return r.Awaits() == what })
}

// openIn are the requests of a group that wait for a decision.
func openIn(all []workflows.Request) []workflows.Request {
	return awaiting(all, workflows.AwaitDecision)
}

func groupActions(s speaker, all []workflows.Request) *slack.ActionBlock {
	open := openIn(all)
	value := shownGroup{all[0].Group, workflows.GroupHash(all)}.String()
	var row []slack.BlockElement
	add := func(action, label string, style slack.Style, args ...string) *slack.ButtonBlockElement {
		b := button(action, value, s.raw(label, args...), style)
		row = append(row, b)
		return b
	}
	fresh := those(open, func(r workflows.Request) bool { return r.State == workflows.Submitted })
	if len(open) == 0 {
		return nil
	}
	if len(fresh) > 0 { // what is on hold is not approved with the others, and not counted
		add(actGroupApprove, "bot.button.approve_all", slack.StylePrimary, "Count", strconv.Itoa(len(fresh))).WithConfirm(confirm(s, "bot.confirm.approve"))
		if len(open) > 1 {
			add(actGroupExcept, "bot.button.approve_except", slack.StyleDefault)
		}
	}
	if len(fresh) < len(open) {
		add(actGroupResume, "bot.button.resume", slack.StylePrimary)
	}
	add(actGroupReject, "bot.button.reject", slack.StyleDanger)
	if len(fresh) > 0 {
		add(actGroupHold, "bot.button.hold", slack.StyleDefault)
	}
	row = append(row, button(actAsk, string(open[0].ID), s.raw("bot.button.ask"), slack.StyleDefault))
	return actions("decide", row...)
}

// groupDone is a group of which approvers have nothing more to do: what, who, when and why, in
// two lines.
func groupDone(s speaker, all []workflows.Request) message {
	text := "*" + s.raw("bot.card.titles", "Title", escape(groupTitle(all))) + "*\n" + groupState(s, all)
	for _, line := range ofWhich(all, func(r workflows.Request) []string { return lastDecision(s, r) }) {
		text += "\n" + line
	}
	return shrunk(s, text, actGroupShow, all[0].Group)
}

// groupOfRequester is what the requester keeps of a plan: where each certificate stands, and the
// one next step.
func groupOfRequester(s speaker, all []workflows.Request) message {
	head := []slack.Block{header(groupTitle(all)), section(groupState(s, all))}
	_, same := allSay(all, func(r workflows.Request) string { return stateLine(s, r) })
	for _, r := range all {
		text := "*" + escape(title(r)) + "*  " + escape(s.profile(r.Spec.Profile))
		if !same {
			text += "\n" + clip(stateLine(s, r), 600)
		}
		row := section(text)
		row.Accessory = slack.NewAccessory(showButton(s, r))
		if r.Awaits() == workflows.AwaitCSR {
			row.Accessory = slack.NewAccessory(button(actCSR, string(r.ID), s.raw("bot.button.csr"), slack.StylePrimary))
		}
		head = append(head, row)
	}
	var middle []slack.Block
	if wait := awaiting(all, workflows.AwaitCSR); len(wait) > 0 {
		middle = append(middle, section(s.say("bot.device.steps")))
		middle = append(middle, boxSteps(s, wait)...)
	}
	if ready := those(all, workflows.Request.Installable); len(ready) > 0 {
		middle = append(middle, trustBlocks(s, ready...)...)
		middle = append(middle, installSteps(s, all[0].Group, ready)...)
	}
	middle = append(middle, notes(ofWhich(all, func(r workflows.Request) (lines []string) {
		for _, f := range r.Findings {
			lines = append(lines, findingLine(s, f))
		}
		return lines
	}))...)
	tail := notes(groupHistory(s, all, 8))
	if row := groupRequesterActions(s, all); row != nil {
		tail = append(tail, row)
	}
	return message{
		Text:   clip(escape(groupTitle(all))+" — "+groupState(s, all), maxMessageText),
		Blocks: fit(head, middle, tail, note(s.say("bot.card.more"))),
	}
}

func groupRequesterActions(s speaker, all []workflows.Request) *slack.ActionBlock {
	some := func(is func(workflows.Request) bool) bool { return slices.ContainsFunc(all, is) }
	group := all[0].Group
	var row []slack.BlockElement
	if i := slices.IndexFunc(all, workflows.Request.Asked); i >= 0 {
		row = append(row, button(actAnswer, string(all[i].ID), s.raw("bot.button.answer"), slack.StylePrimary))
	}
	if keys := keyrelease.First(all); len(keys) > 0 {
		row = append(row, button(actGroupKeys, group, s.raw("bot.button.keys", "Count", strconv.Itoa(len(keys))), slack.StyleDefault).WithConfirm(confirm(s, "bot.confirm.key")))
	}
	if some(workflows.Request.Installable) {
		row = append(row, button(actGroupInstall, group, s.raw("bot.button.install_all"), slack.StylePrimary).WithConfirm(confirm(s, "bot.confirm.install_all")))
	}
	if some(func(r workflows.Request) bool { return r.State.Can(workflows.VerbCancel) }) {
		row = append(row, button(actGroupCancel, group, s.raw("bot.button.cancel_all"), slack.StyleDanger).WithConfirm(confirm(s, "bot.confirm.cancel")))
	}
	if len(row) == 0 {
		return nil
	}
	return actions("mine", row...)
}

// decidable says whether there is a card for approvers yet: all CSRs are there that are made here.
func decidable(all []workflows.Request) bool {
	csr := false
	for _, r := range all {
		if r.State == workflows.Submitted && len(r.CSR) == 0 && !r.Spec.OwnCSR {
			return false
		}
		csr = csr || len(r.CSR) > 0 && (!r.State.Ended() || len(r.Unused) > 0)
	}
	return csr
}

func idsOf(all []workflows.Request) []string {
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = string(r.ID)
	}
	return ids
}
