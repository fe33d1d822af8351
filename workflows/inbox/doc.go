// Package inbox decides which noun a message belongs to: the conversation or the case that
// is open where it was written, a certificate or CSR that a request waits for, something
// new. It alone may use the other nouns.
//
// Not here: what any of them does with it.
package inbox
