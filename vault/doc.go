// Package vault keeps private keys and has certificates signed: HashiCorp Vault
// (Transit, KV v2, PKI), ACME authorities, and authorities outside that a person
// talks to. Its sub-package embedded does both in-process, for trying Countersign
// out.
//
// Everything here fills the Custody and Issuer ports of the workflows by shape and
// imports only certs. No private key in clear passes through this package; nothing
// here decides who may do what.
package vault
