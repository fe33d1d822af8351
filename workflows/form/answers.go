package form

// Answers are the values of a form by field key. Lists have several values, text
// has one; an absent key is unanswered, an empty list is "none, and I mean it".
type Answers map[string][]string

// First gives the first value of key, or "".
func (a Answers) First(key string) string {
	if v := a[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Has reports that key was answered, be it with "none".
func (a Answers) Has(key string) bool { _, ok := a[key]; return ok }

// Clone copies a, so that a step never changes the value it was given.
func (a Answers) Clone() Answers {
	c := make(Answers, len(a))
	for k, v := range a {
		c[k] = append(make([]string, 0, len(v)), v...)
	}
	return c
}
