// Package check answers questions about certificates that exist already: what is
// this, does it fit, would it be trusted, what has changed, how must it be packed.
//
// The way in is Read, which takes whatever a person pasted or dropped (PEM, DER,
// PKCS #7, PKCS #12, a request, a key, a CRL, an OCSP response, a bundle, a whole
// e-mail around any of these) and returns Material: a list of Items, each with its
// place in the source. Everything else works on Items:
//
//	Read(name, data, opts)             -> Material, findings
//	Inspect(item, now)                 -> Facts: for whom, until when, good for what
//	InspectAll(material, read, now)    -> Report: facts, positions in the chain
//	Match(items)                       -> Matches: who belongs to whom by public key
//	Verify(leaf, opts)                 -> Verdict: trusted or not, where and why it breaks
//	                                      with Verdict.Chain: nodes and edges, to be drawn or printed
//	DrawChain(chain, labels)           -> PNG; LabelsFor fills labels from the catalogue
//	chain.Text(labels)                 -> the same for a terminal
//	Revocation(cert, issuer, opts)     -> Status: good, revoked, unknown
//	Compare(old, new, opts)            -> Comparison and the renewal steps that follow
//	Bundle(items, target)              -> named files, byte-exact
//	BundleForm(name, data)             -> line break at the end, blank lines, text around
//	Lint(item, opts)                   -> findings of zlint, of the profile and of the dated rules
//	ClientTest(cert, opts)             -> what Expressway's client certificate test says
//
// It is pure: no network, no disk, no clock (now is always handed in), no
// randomness except where PKCS #12 is written. Private keys are recognised, reduced
// to their public half and wiped; none of its results holds a private key, and no
// message repeats one. All functions are safe for concurrent use on different or
// the same Items, which are read-only once Read has returned them.
//
// What a person reads is a certs.Text with a key under "check." of the message
// catalogue. Product rules live in certs, not here; this package only applies them.
package check
