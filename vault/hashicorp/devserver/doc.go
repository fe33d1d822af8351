// Package devserver starts a real Vault server on loopback for development and
// tests: with TLS by a CA of its own, on disk, sealed and unsealed like one
// in production, and set up by the scripts of deploy/vault. It is not for production:
// the unseal key and the root token lie beside the data.
package devserver
