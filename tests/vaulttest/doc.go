// Package vaulttest holds what tests of custodies and issuers share, whatever they talk
// to: the conformance suite that every pair of them passes, OpenSSL as its judge, and
// the memory of a process. Nothing here is part of the product.
package vaulttest
