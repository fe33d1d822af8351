package language

import (
	"strings"

	"countersign/certs"
)

var featureOrder = []certs.Feature{certs.MRA, certs.XMPPFederation, certs.PhoneSecurityProfiles, certs.MixedMode}

func findFeatures(rd *reading) {
	for _, f := range featureOrder {
		at := rd.positive("feat." + string(f))
		if list := rd.cuesOf("feat." + string(f)); at.end == 0 && rd.u.Intent == Diagnose && len(list) > 0 && rd.inScope(list[0].start) {
			at = list[0] // "no MRA login works": it is in use
		}
		if at.end == 0 && f == certs.XMPPFederation {
			at = federation(rd.document)
		}
		if at.end > 0 {
			rd.u.Features = append(rd.u.Features, f)
			rd.note("features", string(f), at)
		}
	}
}

var federate = lazy(`\bfederat\w*|联合|联邦|联盟|同盟`)

// federation: XMPP and federation in one sentence, or the federation service with
// federation spoken of.
func federation(d *document) span {
	for _, s := range d.sentences {
		if !d.inScope(s.start) {
			continue
		}
		m := federate.FindIndex(d.low[s.start:s.end])
		if m == nil {
			continue
		}
		at := span{s.start + m[0], s.start + m[1]}
		if strings.Contains(string(d.low[s.start:s.end]), "xmpp") && !d.negated(at) && !inNames(d.names, at.start) {
			return at
		}
	}
	return span{}
}
