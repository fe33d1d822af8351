package artefact

import "time"

// Found is something in which certificates stand: a file to be read by package certs,
// or one certificate that a side of a connection presented.
type Found struct {
	Name string // of the file, with the packet
	Data []byte // PEM, DER or a container; of a connection, the DER of one certificate
	// Of a certificate of a connection: who presented it, at which place of the chain,
	// when, and the name that the client asked for.
	Side       Side
	Index      int
	At         time.Time
	ServerName string
}

// Found gives everything for the checks of certificates, in the order of the parts. A
// certificate that was seen on several connections comes once.
func (b *Bundle) Found() []Found {
	var out []Found
	seen := map[string]bool{}
	for _, p := range b.Parts {
		if len(p.Data) > 0 {
			out = append(out, Found{Name: p.Name, Data: p.Data})
		}
		if p.Capture == nil {
			continue
		}
		for _, s := range p.Capture.Streams {
			for _, m := range s.Presented {
				for i, der := range m.DER {
					key := string(m.Side) + s.name() + string(der)
					if seen[key] {
						continue
					}
					seen[key] = true
					out = append(out, Found{Name: at(p.Name, m.Packet), Data: der, Side: m.Side, Index: i, At: m.At, ServerName: s.name()})
				}
			}
		}
	}
	return out
}
