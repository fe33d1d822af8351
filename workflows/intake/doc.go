// Package intake is the conversation that ends in requests: the form, answers read from
// free text, corrections, what the model proposes, what was described before, and the plan
// that is shown and sent.
//
// Not here: what people's words mean (language), and what becomes of a request (issuance).
package intake
