package language

import "strings"

var environmentLabel = lazy(`(?:env|environment|umgebung|environnement|entorno|ambiente|omgeving|环境|環境)[ \t*_]*(?:[:=|]|is|为|是|\s-)[ \t*_]*$`)

// findEnvironment takes a labelled environment, else the first one said.
func findEnvironment(rd *reading) {
	var best tagged
	for _, c := range rd.scoped("env.lab") {
		if c.name == "none" {
			continue
		}
		if strings.HasPrefix(c.name, "maybe-") {
			if environmentLabel.Match(rd.low[max(0, c.start-24):c.start]) {
				c.name = strings.TrimPrefix(c.name, "maybe-")
				best = c
				break
			}
			continue
		}
		if rd.negated(c.span) || rd.spokenOf(c.span) {
			continue
		}
		if environmentLabel.Match(rd.low[max(0, c.start-24):c.start]) {
			best = c
			break
		}
		if best.end == 0 {
			best = c
		}
	}
	if best.end == 0 {
		return
	}
	rd.u.Environment = &best.name
	rd.note("environment", best.name, best.span)
}
