package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
	"countersign/workflows/keyrelease"
)

// maxWorkBlocks is where the list of what is to be done ends in App Home, so that the other
// lists have room below it.
const maxWorkBlocks = maxViewBlocks - 20

// namedOfPlan is how many certificates of a plan are named in a row.
const namedOfPlan = 3

// homeView is App Home, a work list: each thing to do with the button that does it, then what
// ends next, then other requests. What is empty is not spoken of.
func homeView(s speaker, h issuance.Home) slack.HomeTabViewRequest {
	var blocks []slack.Block
	begin := func(key string) {
		blocks = append(blocks, slack.NewDividerBlock(), header(s.raw("bot.home."+key)))
	}
	if len(h.Work)+len(h.Ends)+len(h.Others) == 0 {
		blocks = append(blocks, section(s.say("bot.home.text")))
	}
	blocks = append(blocks, startActions(s))
	if h.Open != nil {
		blocks = append(blocks, section(s.say("bot.home.open")), actions("open", button(actWizard, h.Open.ID, s.raw("bot.button.resume_form"), slack.StyleDefault)))
	}
	if len(h.Work) > 0 {
		begin("waiting")
	}
	for _, w := range onePlan(keysFirst(h.Work)) {
		rows := workBlocks(s, w)
		if len(blocks)+len(rows) > maxWorkBlocks {
			h.More = true
			break
		}
		blocks = append(blocks, rows...)
	}
	if h.More {
		blocks = append(blocks, note(s.say("bot.home.more")))
	}
	if len(h.Ends) > 0 {
		begin("ends")
	}
	for _, r := range h.Ends {
		blocks = append(blocks, requestRow(s, r))
	}
	switch {
	case len(h.Others) == 0:
	case len(h.Work)+len(h.Ends) > 0:
		begin("others")
	default:
		begin("mine")
	}
	for _, r := range h.Others {
		blocks = append(blocks, requestRow(s, r))
	}
	if h.Rest {
		blocks = append(blocks, note(s.say("bot.home.rest")))
	}
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

// needsKey: before it is installed its key is to be fetched.
func needsKey(w issuance.Work) bool {
	first, _ := keyrelease.CanGet(w.Requests[0])
	return w.Do == issuance.TaskInstall && first
}

// keysFirst gives the work with what needs its key before what is only to be installed.
func keysFirst(work []issuance.Work) []issuance.Work {
	work = slices.Clone(work)
	slices.SortStableFunc(work, func(a, b issuance.Work) int {
		if a.Do != issuance.TaskInstall || b.Do != issuance.TaskInstall {
			return 0
		}
		return cmp.Compare(map[bool]int{false: 1}[needsKey(a)], map[bool]int{false: 1}[needsKey(b)])
	})
	return work
}

// onePlan puts together what is to be installed of one card, or whose keys are to be fetched.
func onePlan(work []issuance.Work) []issuance.Work {
	var out []issuance.Work
	for _, w := range work {
		i := slices.IndexFunc(out, func(o issuance.Work) bool {
			return w.Do == issuance.TaskInstall && o.Do == w.Do && w.Requests[0].Group != "" && o.Requests[0].Group == w.Requests[0].Group && needsKey(o) == needsKey(w)
		})
		if i < 0 {
			out = append(out, w)
			continue
		}
		all := append(slices.Clone(out[i].Requests), w.Requests...)
		workflows.SortByID(all)
		out[i].Requests = all
	}
	return out
}

// planWork is one thing to do about several requests that share a card.
func planWork(s speaker, w issuance.Work) *slack.SectionBlock {
	r := w.Requests[0]
	text, b := who(r.Requester)+"  "+groupState(s, w.Requests), button(actGroupShow, r.Group, s.raw("bot.button.decide"), slack.StylePrimary)
	switch {
	case needsKey(w):
		text = s.raw("bot.home.do.key", "Day", s.day(r.NotAfter))
		b = button(actGroupKeys, r.Group, s.raw("bot.button.keys", "Count", fmt.Sprint(len(w.Requests))), slack.StylePrimary).WithConfirm(confirm(s, "bot.confirm.key"))
	case w.Do == issuance.TaskInstall:
		text = groupState(s, w.Requests)
		b = button(actGroupInstall, r.Group, s.raw("bot.button.install_all"), slack.StylePrimary).WithConfirm(confirm(s, "bot.confirm.install_all"))
	}
	block := section(planLine(s, w.Requests) + "\n" + clip(text, maxRow))
	block.Accessory = slack.NewAccessory(b)
	return block
}

// workBlocks are one thing to do, with what does it.
func workBlocks(s speaker, w issuance.Work) []slack.Block {
	r := w.Requests[0]
	if len(w.Requests) > 1 {
		return []slack.Block{planWork(s, w)}
	}
	does := func(action, label string) *slack.ButtonBlockElement {
		return button(action, string(r.ID), s.raw("bot.button."+label), slack.StylePrimary)
	}
	one := func(text string, b *slack.ButtonBlockElement) []slack.Block { return []slack.Block{row(s, r, text, b)} }
	switch w.Do {
	case issuance.TaskAnswer:
		q := r.Questions[len(r.Questions)-1]
		return one(s.raw("bot.asked", "Who", who(q.By), "When", s.when(q.At))+"\n"+quote(clip(q.Text, 500)), does(actAnswer, "answer"))
	case issuance.TaskDecide:
		return one(who(r.Requester)+"  "+stateLine(s, r), does(actShow, "decide"))
	case issuance.TaskCSR:
		return one(s.say("bot.home.do.csr"), does(actCSR, "csr"))
	case issuance.TaskCertificate:
		return one(s.say("bot.home.do.certificate", "Issuer", s.option("issuer", r.Issuer)), showButton(s, r))
	case issuance.TaskInstall:
		if needsKey(w) {
			return one(s.raw("bot.home.do.key", "Day", s.day(r.NotAfter)), does(actKey, "key").WithConfirm(confirm(s, "bot.confirm.key")))
		}
		return one(stateLine(s, r), does(actInstall, "install"))
	case issuance.TaskRenew:
		return one(s.raw("bot.home.do.renew", "Day", s.day(r.NotAfter)), does(actRenew, "renew"))
	case issuance.TaskRevoke:
		text := "*" + s.say("bot.home.owed") + "*"
		if r.Revoking != nil {
			text += "\n" + revokingText(s, r)
		}
		return append(append(one(text, showButton(s, r)), unusedBlocks(s, r)...), revocationActions(s, r)...)
	}
	return nil
}

// planLine names the certificates of a plan, the first few.
func planLine(s speaker, requests []workflows.Request) string {
	names := make([]string, 0, namedOfPlan+1)
	for _, r := range requests[:min(len(requests), namedOfPlan)] {
		names = append(names, escape(clip(title(r), 150)))
	}
	if len(requests) > namedOfPlan {
		names = append(names, "…")
	}
	return s.raw("bot.home.plan", "Count", fmt.Sprint(len(requests)), "Names", strings.Join(names, ", "))
}

// maxRow bounds what a row of a list says.
const maxRow = 900

// row is one request in a list, with what is to be said of it and done.
func row(s speaker, r workflows.Request, text string, b *slack.ButtonBlockElement) *slack.SectionBlock {
	block := section(strings.TrimSuffix("*"+escape(title(r))+"*  "+escape(s.profile(r.Spec.Profile))+"\n"+clip(text, maxRow), "\n"))
	block.Accessory = slack.NewAccessory(b)
	return block
}

func showButton(s speaker, r workflows.Request) *slack.ButtonBlockElement {
	return button(actShow, string(r.ID), s.raw("bot.button.show"), slack.StyleDefault)
}

// requestRow is one request in a list.
func requestRow(s speaker, r workflows.Request) *slack.SectionBlock {
	return row(s, r, stateLine(s, r), showButton(s, r))
}
