// Package issuance is the life of a request for a certificate: submitted, decided on,
// signed, checked against what was approved, installed, renewed, revoked. Every rule of
// who may do what to a request stands in rules.go.
//
// Not here: the conversation that describes what is wanted (intake), and the handing over
// of private keys (keyrelease).
package issuance
