// Package acme has certificates signed by an ACME authority (RFC 8555): Let's
// Encrypt, or one inside the company. Names are proved by HTTP-01 or by DNS-01
// through a hook program. The account with its external binding is in account.go, an order
// begins in issue.go, its names are proved in authorization.go.
package acme
