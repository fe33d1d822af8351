package language

import "strings"

var environmentLabel = lazy(`(?:env|environment|umgebung|environnement|entorno|ambiente|omgeving|环境|環境)[ \t*_]*(?:[:=|]|is|为|是|\s-)[ \t*_]*$`)

// findEnvironment takes a labelled environment, else the first one said.
func findEnvironment(rd *reading) {
	var best tagged
	for _, c := range rd.scoped("env.lab") {
		labelled := environmentLabel.Match(rd.low[max(0, c.start-24):c.start])
		name, maybe := strings.CutPrefix(c.name, "maybe-")
		if name == "none" || maybe && !labelled || !maybe && (rd.negated(c.span) || rd.spokenOf(c.span)) {
			continue
		}
		if labelled || best.end == 0 {
			best = tagged{c.span, name}
		}
		if labelled {
			break
		}
	}
	if best.end == 0 {
		return
	}
	rd.u.Environment = &best.name
	rd.note("environment", best.name, best.span)
}
