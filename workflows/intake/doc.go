// Package intake is the conversation that ends in requests: the form, answers read from
// free text, corrections, what the model proposes, what was described before, and the plan
// that is shown and sent. form.go has the fields, converse.go what a person can do in a
// thread, page.go the same for the wizard, send.go the end.
//
// Not here: what people's words mean (language), and what becomes of a request (issuance).
package intake
