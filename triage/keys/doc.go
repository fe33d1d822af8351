// Package keys finds private keys in what people paste, attach and name, whatever they
// are written in: armour, base64, digits of any dump, escapes, compressed, one in the
// other. It decodes first and asks of the bytes what they are, so that a certificate, a
// fingerprint or a capture in the same dress is left alone. It is pure, and linear in
// what it is given.
package keys
