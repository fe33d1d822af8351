package bot

import (
	"encoding/json"
	"strings"

	"countersign/workflows"
)

// edited is what somebody has changed in a message of their own: the message as it is now,
// and what was added to it, which counts as said anew. once is "" where there is nothing:
// a preview that Slack adds later, somebody else's hand, words that only went.
func edited(in innerEvent) (now innerEvent, added posted) {
	var before innerEvent
	if json.Unmarshal(in.Message, &now) != nil || json.Unmarshal(in.Previous, &before) != nil {
		return innerEvent{}, posted{}
	}
	byItsWriter := now.userID() != "" && now.userID() == before.userID() && now.Edited.User == now.userID()
	if !byItsWriter || now.Edited.TS == "" || now.Edited.TS == before.Edited.TS {
		return innerEvent{}, posted{}
	}
	is, was := readPosted(in.Message).text, readPosted(in.Previous).text
	if added.text = addedLines(was, is); workflows.HoldsKey(is) && !workflows.HoldsKey(was) {
		added.text = is // a key that has become one
	}
	if strings.TrimSpace(added.text) != "" {
		now.once = "/" + now.Edited.TS
	}
	now.Channel, now.ChannelType = in.Channel, in.ChannelType
	return now, added
}

// addedLines are the lines of is that was does not have.
func addedLines(was, is string) string {
	had := map[string]int{}
	for _, line := range strings.Split(was, "\n") {
		had[strings.TrimSpace(line)]++
	}
	var out []string
	for _, line := range strings.Split(is, "\n") {
		if had[strings.TrimSpace(line)]--; had[strings.TrimSpace(line)] < 0 {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
