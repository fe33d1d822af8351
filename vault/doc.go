// Package vault is what custodies (where private keys are kept) and issuers (which have
// certificates signed) share: failures whose reason is known, the request that is
// signed, the chain that comes back, the ledger of what was asked for, files that appear
// whole, and what is looked at before work begins.
//
// The adapters are its sub-packages, one for each thing that is talked to: HashiCorp
// Vault, an ACME authority, a person at an authority, or nothing (embedded, for trying
// Countersign out). They fill the Custody and Issuer ports of the workflows by shape,
// import this package and certs, and know nothing of each other. Each alone links the
// client of what it talks to, so none of those belongs here. Nothing here decides who
// may do what.
package vault
