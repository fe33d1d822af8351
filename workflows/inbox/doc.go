// Package inbox decides which noun a message belongs to: the conversation or the case that
// is open where it was written, a certificate or CSR that a request waits for, something
// new. It alone of the nouns may use others. message.go routes what is written, pem.go and
// files.go what comes with it, direct.go what was put into a command or a form; remedy.go and
// renewal.go begin a request from a case or from another request.
//
// Not here: what any of them does with it.
package inbox
