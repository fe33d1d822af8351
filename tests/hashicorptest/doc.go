// Package hashicorptest gives tests real Vault servers on loopback, sessions that end
// with the test, and a proxy that breaks what it is told to. Nothing here is part of
// the product.
package hashicorptest
