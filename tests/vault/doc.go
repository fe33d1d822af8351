// Package vault plays the product, as its own process, against a real Vault and against
// authorities outside: what is in its memory, what its doctor says, what operators
// type from docs/operations.md, and what people are told in Slack.
//
// Nothing here is part of the product.
package vault
