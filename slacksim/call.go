package slacksim

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// tokenKind is who a token speaks for.
type tokenKind int

const (
	noToken tokenKind = iota
	botToken
	appToken
)

// call is one Web API request in the hands of a method. Methods run with mu
// held.
type call struct {
	*state
	*conversations
	*modals
	sockets *socketPool
	args    args
	token   tokenKind
}

// method is one Web API method: who may call it, with which scopes, how often.
type method struct {
	token  tokenKind // botToken also where any token will do
	any    bool
	scopes []string // one of these is needed
	tier   int      // rate limit tier, 0 none
	run    func(*call) (object, error)
}

// scopes of the token that called.
func (c *call) scopes() []string {
	if c.token == appToken {
		return c.ws.App.AppScopes
	}
	return c.ws.App.BotScopes
}

func (c *call) has(anyOf ...string) bool {
	return slices.ContainsFunc(anyOf, func(scope string) bool { return slices.Contains(c.scopes(), scope) })
}

func (c *call) missing(needed string) error {
	return &refusal{code: "missing_scope", fields: object{"needed": needed, "provided": strings.Join(c.scopes(), ",")}}
}

// paged cuts a list by the limit and cursor arguments.
func paged[T any](a args, all []T) (items []T, next string, err error) {
	limit := a.number("limit", 0)
	if limit < 0 || limit > 1000 {
		return nil, "", no("invalid_limit")
	}
	limit = cmp.Or(limit, 1000)
	start := 0
	if cursor := a.str("cursor"); cursor != "" {
		raw, decodeErr := base64.StdEncoding.DecodeString(cursor)
		n, numberErr := strconv.Atoi(strings.TrimPrefix(string(raw), "next:"))
		if decodeErr != nil || numberErr != nil || n < 0 || n > len(all) {
			return nil, "", no("invalid_cursor")
		}
		start = n
	}
	end := min(start+limit, len(all))
	if end < len(all) {
		next = base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(end)))
	}
	return all[start:end], next, nil
}
