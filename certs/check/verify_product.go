package check

import (
	"strings"

	"countersign/certs"
)

// firstSubject walks the chain as Expressway does: the first certificate of the
// trusted CA list with the issuer's subject is taken, and if it is the wrong one, the
// right one further down counts as absent ("Configure and troubleshoot Collaboration
// Edge (MRA) certificates", CUCM servers with self-signed certificates).
func (v *verification) firstSubject() {
	for i, it := range v.chosen {
		next := it // a root must find itself
		if i+1 < len(v.chosen) {
			next = v.chosen[i+1]
		}
		first := v.firstTrusted(dnKey(next.raw.subject))
		switch {
		case first == nil && next != it:
			// Only the peer sends it: the zone may come up, but SSH tunnels verify the
			// whole chain from the list.
			v.say(next, "verify.intermediate-not-in-list", certs.Warning, sourceS001)
		case first == nil || first == next:
		case string(first.raw.spki) == string(next.raw.spki):
			// The same CA in another certificate (renewed or cross-signed) also verifies.
		default:
			v.states[next] = Shadowed
			v.say(next, "verify.shadowed", certs.Error, sourceS000, "First", first.Title(), "FirstPlace", first.Place.String())
			return
		}
	}
}

func (v *verification) firstTrusted(subject string) *Item {
	return first(v.store.bySubject[subject], func(it *Item) bool { return v.store.origin[it] == FromTrust })
}

// cucmStore leaves what a CUCM trust store would hold: one certificate per common
// name, whatever its key, the newer notBefore wins; expired ones are refused at upload
// (CUCM security guide, certificates).
func (v *verification) cucmStore(trust []*Item) []*Item {
	newest := map[string]*Item{}
	for _, it := range trust {
		if it.raw == nil || v.opts.Now.After(it.raw.notAfter) {
			continue
		}
		cn := strings.ToLower(commonName(it.raw.subject))
		if old := newest[cn]; cn != "" && (old == nil || it.raw.notBefore.After(old.raw.notBefore)) {
			newest[cn] = it
		}
	}
	var out []*Item
	for _, it := range trust {
		if it.raw == nil {
			continue
		}
		if v.opts.Now.After(it.raw.notAfter) {
			v.say(it, "verify.cucm-expired", certs.Warning, "CUCM security guide, certificates")
			continue
		}
		cn := strings.ToLower(commonName(it.raw.subject))
		if keep := newest[cn]; cn != "" && keep != it && string(keep.DER) != string(it.DER) {
			v.say(it, "verify.cucm-same-name", certs.Warning, "CUCM security guide, certificates", "Other", keep.Place.String())
			continue
		}
		out = append(out, it)
	}
	return out
}
