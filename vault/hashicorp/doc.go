// Package hashicorp keeps keys and has certificates signed in HashiCorp Vault: Transit,
// KV v2 and PKI, by four or five identities that log in and stay so. It is the only one
// that links Vault's client. No private key in clear passes through it.
package hashicorp
