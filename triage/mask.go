package triage

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Names of machines and people, which a model does not need to see.
var (
	maskEmail = regexp.MustCompile(`[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}`)
	maskIPv4  = regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b`)
	maskIPv6  = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b|\b(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}\b`)
	maskHost  = regexp.MustCompile(`(?i)\b(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}\b`)
	maskPhone = regexp.MustCompile(`\bSEP[0-9A-F]{12}\b`)
)

// fileEnds are endings that make a dotted word a file or a package, not a host.
var fileEnds = wordSet(`
	pem cer crt key csr der p12 pfx p7b go py js c cc cpp java log txt conf yaml yml json xml pyc sslhandshakeexception exe
	dll so sh rs rb php ts h
`)

// Mask replaces host names, addresses, mail addresses and phone names of a redacted
// text by stable stand-ins (host-1, address-2) and gives the way back. It is for what
// leaves the house: a language model. The same name always gets the same stand-in, so
// that "host-1 is not in the certificate of host-2" still says what it said.
func Mask(text string) (masked string, back map[string]string) {
	back = map[string]string{}
	given := map[string]string{}
	name := func(kind, s string) string {
		key := strings.ToLower(s)
		if m, ok := given[key]; ok {
			return m
		}
		m := fmt.Sprintf("%s-%d", kind, len(given)+1)
		given[key], back[m] = m, s
		return m
	}
	text = maskEmail.ReplaceAllStringFunc(text, func(s string) string { return name("mail", s) })
	text = maskIPv4.ReplaceAllStringFunc(text, func(s string) string { return name("address", s) })
	text = maskIPv6.ReplaceAllStringFunc(text, func(s string) string {
		if len(strings.ReplaceAll(s, ":", "")) < 6 || strings.Count(s, ":") == 2 && !strings.Contains(s, "::") {
			return s // a time of day
		}
		return name("address", s)
	})
	text = maskPhone.ReplaceAllStringFunc(text, func(s string) string { return name("phone", s) })
	text = maskHost.ReplaceAllStringFunc(text, func(s string) string {
		end := strings.ToLower(s[strings.LastIndexByte(s, '.')+1:])
		if fileEnds[end] || javaName(s) {
			return s
		}
		return name("host", s)
	})
	return text, back
}

// javaName tells a class or package (sun.security.validator.ValidatorException) from a
// host.
func javaName(s string) bool {
	packages := []string{"java.", "javax.", "sun.", "com.sun.", "org.apache.", "org.bouncycastle.", "io.netty.", "ssl.", "requests.", "urllib3.", "crypto.", "system.", "developer.", "network."}
	if slices.ContainsFunc(packages, func(p string) bool { return strings.HasPrefix(strings.ToLower(s), p) }) {
		return true
	}
	last := s[strings.LastIndexByte(s, '.')+1:]
	return strings.HasSuffix(last, "Exception") || strings.HasSuffix(last, "Error")
}
