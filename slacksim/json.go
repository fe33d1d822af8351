package slacksim

import (
	"encoding/json"
	"strconv"
)

// object is a JSON object being built.
type object = map[string]any

// listOf is the JSON of items as an array: one even where there are none.
func listOf[T any](items []T, of func(T) object) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = of(item)
	}
	return out
}

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
