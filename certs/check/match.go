package check

import (
	"slices"

	"countersign/certs"
)

// Pair says whether two Items are of one key pair.
type Pair struct {
	A    int  `json:"a"` // index into Matches.Items
	B    int  `json:"b"`
	Same bool `json:"same"`
}

// MatchItem is one Item of a match.
type MatchItem struct {
	Title string `json:"title"`
	Kind  Kind   `json:"kind"`
	Place Place  `json:"place"`
	SPKI  string `json:"spki_sha256,omitempty"`
	Role  Role   `json:"role,omitempty"`
	Group int    `json:"group"` // items of one group have the same key; -1 without a readable key
}

// Matches says which Items belong together by public key.
type Matches struct {
	OK       bool            `json:"ok"` // everything that had to fit fits
	Items    []MatchItem     `json:"items"`
	Pairs    []Pair          `json:"pairs"` // key with certificate, key with CSR, CSR with certificate
	Findings []certs.Finding `json:"findings"`
}

// maxMatch bounds the quadratic part; more items than this are grouped but not paired.
const maxMatch = 200

// Match compares keys, requests and certificates in any combination by public key.
// OK means: every private key and every request has its certificate, or if there is
// none at all, every key its request; with certificates alone, that all leaves have
// one key. CA certificates of a bundle need no partner.
func Match(items []*Item) Matches {
	m := Matches{Items: make([]MatchItem, 0, len(items))}
	group := map[string]int{}
	for _, it := range items {
		if it.Kind == CRL || it.Kind == OCSPResponse {
			continue
		}
		mi := MatchItem{Title: it.Title(), Kind: it.Kind, Place: it.Place, SPKI: it.SPKIHash(), Group: -1}
		if it.Kind == Certificate {
			mi.Role = roleOf(it)
		}
		if mi.SPKI != "" && it.Kind != PrivateKey || it.Kind == PrivateKey && it.Public != nil {
			g, seen := group[mi.SPKI]
			if !seen {
				g = len(group)
				group[mi.SPKI] = g
			}
			mi.Group = g
		}
		m.Items = append(m.Items, mi)
	}
	m.pair()
	m.judge()
	return m
}

func (m *Matches) pair() {
	if len(m.Items) > maxMatch {
		return
	}
	for a := range m.Items {
		for b := a + 1; b < len(m.Items); b++ {
			x, y := m.Items[a], m.Items[b]
			if x.Group < 0 || y.Group < 0 {
				continue
			}
			same := x.Group == y.Group
			if same || x.Kind != y.Kind && !x.isCA() && !y.isCA() {
				m.Pairs = append(m.Pairs, Pair{a, b, same})
			}
		}
	}
}

func (i MatchItem) isCA() bool { return i.Role == Root || i.Role == Intermediate }

func (i MatchItem) String() string { return i.Title + " (" + i.Place.String() + ")" }

func (m *Matches) judge() {
	m.OK = true
	say := func(rule string, s certs.Severity, pairs ...string) {
		m.Findings = append(m.Findings, finding(rule, s, pairs...))
		m.OK = m.OK && s != certs.Error
	}
	var keys, requests, leaves, cas []int
	for i, it := range m.Items {
		switch {
		case it.Kind == PrivateKey || it.Kind == PublicKey:
			keys = append(keys, i)
		case it.Kind == Request:
			requests = append(requests, i)
		case it.isCA():
			cas = append(cas, i)
		default:
			leaves = append(leaves, i)
		}
		if it.Group < 0 {
			say("match.unreadable", certs.Error, "Item", it.String())
		}
	}
	if len(keys)+len(requests)+len(leaves)+len(cas) < 2 {
		say("match.alone", certs.Error)
		return
	}
	partners := append(append([]int(nil), leaves...), cas...)
	if len(partners) == 0 {
		partners = requests
	}
	seekers := append([]int(nil), keys...)
	if len(leaves)+len(cas) > 0 {
		seekers = append(seekers, requests...)
	}
	for _, s := range seekers {
		m.seek(s, partners, say)
	}
	if len(seekers) == 0 {
		m.onlyOneKind(leaves, requests, say)
		return
	}
	m.orphans(leaves, append(keys, requests...), say)
}

// seek looks for the partner of one key or request and names it.
func (m *Matches) seek(s int, partners []int, say func(string, certs.Severity, ...string)) {
	it := m.Items[s]
	if it.Group < 0 {
		return
	}
	for n, p := range partners {
		if m.Items[p].Group != it.Group {
			continue
		}
		// In a bundle, a product pairs the key with the first certificate of the file:
		// a reversed bundle (root first) then looks like a wrong key.
		if first := m.firstOfFile(p); first != p && m.Items[p].Kind == Certificate && m.Items[first].isCA() {
			say("match.reversed", certs.Warning, "Item", it.String(), "Partner", m.Items[p].String(), "First", m.Items[first].String())
		} else if n > 0 && len(partners) > 1 {
			say("match.right-one", certs.Info, "Item", it.String(), "Partner", m.Items[p].String())
		} else {
			say("match.yes", certs.Info, "Item", it.String(), "Partner", m.Items[p].String())
		}
		return
	}
	if len(partners) == 1 {
		say("match.no", certs.Error, "Item", it.String(), "Partner", m.Items[partners[0]].String())
		return
	}
	say("match.none", certs.Error, "Item", it.String())
}

// firstOfFile is the first certificate of the file that i is in.
func (m *Matches) firstOfFile(i int) int {
	for j, it := range m.Items {
		if it.Kind == Certificate && it.Place.File == m.Items[i].Place.File {
			return j
		}
	}
	return i
}

func (m *Matches) onlyOneKind(leaves, requests []int, say func(string, certs.Severity, ...string)) {
	list := leaves
	if len(list) < 2 {
		list = requests
	}
	if len(list) < 2 {
		say("match.nothing-to-match", certs.Error)
		return
	}
	for _, i := range list[1:] {
		if m.Items[i].Group == m.Items[list[0]].Group {
			say("match.same-key", certs.Info, "Item", m.Items[i].String(), "Partner", m.Items[list[0]].String())
		} else {
			say("match.other-key", certs.Error, "Item", m.Items[i].String(), "Partner", m.Items[list[0]].String())
		}
	}
}

// orphans names end-entity certificates that nothing given belongs to, once there
// was something that could have.
func (m *Matches) orphans(leaves, others []int, say func(string, certs.Severity, ...string)) {
	for _, l := range leaves {
		found := slices.ContainsFunc(others, func(o int) bool { return m.Items[o].Group == m.Items[l].Group })
		if !found && len(leaves) > 1 {
			say("match.orphan", certs.Info, "Item", m.Items[l].String())
		}
	}
}
