// Package certs is the X.509 domain of Countersign: what certificates a
// deployment needs and why (profiles, plans), what a request for one looks like
// (CSR), and whether what a CA returned answers what was approved.
//
// It is pure: no network, no disk besides the profiles, no clock and no
// randomness that is not handed in. It knows nothing of Slack, Vault or SQLite and
// imports no package of this module outside certs/.
package certs
