// Package issuance is the life of a request for a certificate: submitted, decided on,
// signed, checked against what was approved, installed, renewed, revoked. One file a step;
// what steps of people and jobs of the worker (jobs.go) both ask, who may do what among it,
// stands in rules.go. Who may decide is a word of the kernel (workflows.MayDecide).
//
// Not here: the conversation that describes what is wanted (intake), and the handing over
// of private keys (keyrelease).
package issuance
