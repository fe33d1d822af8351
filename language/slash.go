package language

import "strings"

// ReadSlash says which command a word after /cert is: new, list, show, renew,
// revoke, diagnose, inspect; "" for any other.
func ReadSlash(word string) string { return wholeWords()["slash"][strings.ToLower(word)] }

// ReadBareSlash takes a text that is a word of /cert and nothing else, and says what it
// then asks for: list, help (a bare "diagnose" brings nothing to diagnose), inspect, new;
// "" for anything else.
func ReadBareSlash(text string) string {
	return wholeWords()["bare"][strings.ToLower(strings.Trim(text, " .!。！\n"))]
}
