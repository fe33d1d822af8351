// Package vaulttest holds what tests of custodies and issuers share: the
// conformance suite that every pair of them passes, and real Vault servers on
// loopback. Nothing here is part of the product.
package vaulttest
