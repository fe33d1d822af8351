package read

import (
	"strings"
	"time"
)

// served compares the certificate in a file with the one that a service shows, where
// somebody printed the dates of both: openssl x509 -in FILE -enddate (or -dates, -text),
// and the same behind openssl s_client. A service that shows an older one still has it in
// memory, or reads another file.
func served(text string, lines []line) []Fact {
	if !strings.Contains(text, "s_client") || !strings.Contains(text, "x509") {
		return nil
	}
	var file, shown time.Time
	var at Fact
	from := ""
	for _, l := range lines {
		s := l.front()
		switch {
		case strings.Contains(s, "s_client"):
			from = "service"
		case strings.Contains(s, "openssl x509") && strings.Contains(s, "-in "):
			from = "file"
		}
		i, size := strings.Index(s, "notAfter="), len("notAfter=")
		if i < 0 {
			if i, size = strings.Index(s, "Not After : "), len("Not After : "); i < 0 {
				continue
			}
		}
		until, err := time.Parse("Jan _2 15:04:05 2006 MST", strings.TrimSpace(s[i+size:]))
		switch {
		case err != nil:
		case from == "file" && until.After(file):
			file = until
		case from == "service" && shown.IsZero():
			shown = until
			at = Fact{Kind: "served.old-certificate", Start: l.start + i, End: l.start + len(strings.TrimRight(s, " \r")), Depth: -1, Program: "openssl"}
		}
	}
	if shown.IsZero() || !shown.Before(file) {
		return nil
	}
	return []Fact{at}
}
