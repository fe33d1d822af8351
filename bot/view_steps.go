package bot

import (
	"slices"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/issuance"
)

// actStep ticks a step of an installation, or takes the tick off.
const actStep = "step.tick"

// stepText is one step for a person: text, then the exact commands.
func stepText(s speaker, step workflows.Step) string {
	text := s.text(step.Text)
	if step.Where != "" {
		text = "*" + escape(s.option("product", step.Where)) + "*  " + text
	}
	for _, c := range step.Commands {
		text += "\n" + s.command(c)
	}
	return text
}

func stepBlock(s speaker, step workflows.Step) *slack.SectionBlock {
	return section("• " + stepText(s, step))
}

// stepsOf are the steps of some phases of the runbooks of several certificates, each once.
func stepsOf(all []workflows.Request, phases ...string) []workflows.Step {
	var steps []workflows.Step
	seen := map[string]bool{}
	for _, r := range all {
		for _, step := range r.Steps {
			if mark := issuance.StepMark(step); slices.Contains(phases, string(step.Phase)) && !seen[mark] {
				seen[mark] = true
				steps = append(steps, step)
			}
		}
	}
	slices.SortStableFunc(steps, func(a, b workflows.Step) int {
		return slices.Index(phases, string(a.Phase)) - slices.Index(phases, string(b.Phase))
	})
	return steps
}

// boxSteps are what is to be done at boxes that make their own keys, so that there is a CSR.
func boxSteps(s speaker, all []workflows.Request) []slack.Block {
	var blocks []slack.Block
	for _, step := range stepsOf(all, "prepare", "request") {
		blocks = append(blocks, stepBlock(s, step))
	}
	return headed(s, "prepare", blocks)
}

// installSteps are what is to be done with the certificates of a card, each with its tick. subject
// is the request, or the group, that the card is of.
func installSteps(s speaker, subject string, all []workflows.Request) []slack.Block {
	var blocks []slack.Block
	for _, step := range stepsOf(all, "check", "install", "restart", "verify") {
		mark := issuance.StepMark(step)
		done := !slices.ContainsFunc(all, func(r workflows.Request) bool { // of any that has the step
			return slices.ContainsFunc(r.Steps, func(x workflows.Step) bool { return issuance.StepMark(x) == mark }) && !slices.Contains(r.Ticked, mark)
		})
		sign, label := "•  ", "bot.button.step_done"
		if done {
			sign, label = ":white_check_mark:  ", "bot.button.step_open"
		}
		block := section(sign + stepText(s, step))
		block.Accessory = slack.NewAccessory(button(actStep, requestStep{subject, mark, !done}.String(), s.raw(label), slack.StyleDefault))
		blocks = append(blocks, block)
	}
	return headed(s, "check", blocks)
}

func headed(s speaker, phase string, blocks []slack.Block) []slack.Block {
	if len(blocks) == 0 {
		return nil
	}
	return append([]slack.Block{section("*" + s.say("bot.steps."+phase) + "*")}, blocks...)
}
