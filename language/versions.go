package language

import "slices"

var versionPattern = lazy(`(?i)\bx\d{1,2}(?:\.\d+){0,3}\b|\b\d{1,2}(?:\.\d+){0,3}(?:\(\d+\))?[ ]?su\d+[a-z]?\b|\b\d{1,2}\.\d+(?:\.\d+)?\(\d+\)|\b(?:cms|cucm|im&p|imp|unity connection|cuc|meeting server|expressway|expressway-[ce]|version|release|ver\.?|v)[ ]?(\d{1,2}(?:\.\d+){0,3})\b`)

// versions lists the software versions said, as written.
func versions(rd *reading) []string {
	var out []string
	for _, m := range versionPattern.FindAllSubmatchIndex(rd.text, 16) {
		s := span{m[0], m[1]}
		if m[2] >= 0 {
			s = span{m[2], m[3]}
		}
		if inNames(rd.names, s.start) || !rd.inScope(s.start) {
			continue
		}
		if v := string(rd.text[s.start:s.end]); !slices.Contains(out, v) {
			out = append(out, v)
			rd.note("version", v, s)
		}
	}
	return out
}
