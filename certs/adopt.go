package certs

import "slices"

// Adopt gives s as the request der of a box settles it: optional names that the
// request leaves out are gone, and subject attributes that s leaves open are those
// of the request. Everything else is as before; CheckCSR says whether the two agree.
// What is approved and signed must be the adopted spec: CUCM refuses a certificate
// whose names are not exactly those of its CSR (Cisco 217138).
func Adopt(s Spec, der []byte) (Spec, error) {
	r, err := ReadPKCS10(der)
	if err != nil {
		return s, err
	}
	have := map[nameKey]bool{}
	for _, n := range r.Names {
		have[keyOf(n)] = true
	}
	s.Names = slices.DeleteFunc(slices.Clone(s.Names), func(n Name) bool { return n.Optional && !have[keyOf(n)] })
	for _, a := range r.Subject {
		if oddString(a) {
			continue
		}
		if part := s.Subject.part(a.Type); part != nil && *part == "" {
			*part = a.Value
		}
	}
	return s, nil
}
