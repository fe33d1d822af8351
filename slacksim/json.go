package slacksim

import (
	"encoding/json"
	"strconv"
)

// object is a JSON object being built.
type object = map[string]any

func str(o object, key string) string {
	s, _ := o[key].(string)
	return s
}

func numberOf(node any) (float64, bool) {
	var text string
	switch v := node.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	default:
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

func quoted(text string) json.RawMessage {
	raw, _ := json.Marshal(text) // a string always marshals
	return raw
}
