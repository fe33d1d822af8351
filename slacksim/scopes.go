package slacksim

// MethodScopes are the scopes of which a token needs one to call a Web API method; none
// where any token will do. known is false for a method that the workspace does not model.
func MethodScopes(name string) (scopes []string, known bool) {
	m, known := methods[name]
	return m.scopes, known
}

// EventScope is the scope without which Slack does not send an event; "" where it needs
// none.
func EventScope(event string) string { return scopeOfEvent[event] }
