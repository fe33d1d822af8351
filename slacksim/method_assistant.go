package slacksim

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"countersign/slacksim/blockkit"
)

// maxPrompts is how many proposals an agent makes; maxLoading how many words it goes through
// while it works (reference pages of the methods).
const (
	maxPrompts = 4
	maxLoading = 10
)

func (c *call) required(names ...string) error {
	for _, name := range names {
		if !c.args.has(name) {
			return no("invalid_arguments", "[ERROR] missing required field: "+name+" [json-pointer:/"+name+"]")
		}
	}
	return nil
}

// chat answers the conversation and thread of an assistant method. Of the direct message with
// an agent the tab itself is one, without a thread.
func (c *call) chat(threadless bool) (*channel, string, error) {
	ch, err := c.known(c.args.str("channel_id"))
	if err != nil {
		return nil, "", no("channel_not_found")
	}
	thread := c.args.str("thread_ts")
	if thread == "" && threadless && ch.kind == direct && c.ws.App.AgentView {
		return ch, "", nil
	}
	if err := c.required("thread_ts"); err != nil {
		return nil, "", err
	}
	if m := ch.at(thread); m == nil || m.onlyFor != "" {
		return nil, "", no("invalid_thread_ts")
	}
	return ch, thread, nil
}

func assistantStatus(c *call) (object, error) {
	ch, thread, err := c.chat(false)
	if err != nil {
		return nil, err
	}
	if err := c.required("status"); err != nil {
		return nil, err
	}
	var loading []string
	if raw := c.args.raw("loading_messages"); raw != nil && json.Unmarshal(raw, &loading) == nil && len(loading) > maxLoading {
		return nil, no("invalid_arguments", "[ERROR] no more than "+strconv.Itoa(maxLoading)+" items allowed [json-pointer:/loading_messages]")
	}
	c.agent.statuses[ch.ID+thread] = c.args.str("status")
	c.showAgent(ch, thread)
	return nil, nil
}

// ofAgent refuses what only agents can: the scope comes with the view.
func (c *call) ofAgent() error {
	if !c.ws.App.AgentView && !c.ws.App.AssistantView {
		return no("feature_not_enabled")
	}
	return nil
}

func assistantPrompts(c *call) (object, error) {
	if err := c.ofAgent(); err != nil {
		return nil, err
	}
	ch, thread, err := c.chat(true)
	if err != nil {
		return nil, err
	}
	if err := c.required("prompts"); err != nil {
		return nil, err
	}
	var prompts []Prompt
	if json.Unmarshal(c.args.raw("prompts"), &prompts) != nil {
		return nil, no("invalid_arguments", "[ERROR] must provide an array [json-pointer:/prompts]")
	}
	if len(prompts) > maxPrompts {
		return nil, no("invalid_arguments", "[ERROR] no more than "+strconv.Itoa(maxPrompts)+" items allowed [json-pointer:/prompts]")
	}
	for i, p := range prompts {
		if p.Title == "" || p.Message == "" {
			return nil, no("invalid_arguments", "[ERROR] must provide a title and a message [json-pointer:/prompts/"+strconv.Itoa(i)+"]")
		}
	}
	c.agent.prompts[ch.ID+thread] = prompts
	c.showAgent(ch, thread)
	return nil, nil
}

func assistantTitle(c *call) (object, error) {
	if err := c.ofAgent(); err != nil {
		return nil, err
	}
	ch, thread, err := c.chat(false)
	if err != nil {
		return nil, err
	}
	if err := c.required("title"); err != nil {
		return nil, err
	}
	if ch.kind != direct {
		return nil, no("channel_not_found")
	}
	if utf8.RuneCountInString(c.args.str("title")) > blockkit.HeaderText {
		return nil, no("invalid_arguments", "[ERROR] must be less than "+strconv.Itoa(blockkit.HeaderText+1)+" characters [json-pointer:/title]")
	}
	c.agent.titles[ch.ID+thread] = c.args.str("title")
	c.showAgent(ch, thread)
	return nil, nil
}
