package artefact

import (
	"strconv"

	"countersign/triage"
)

// judge collects observations.
type judge struct {
	name      string
	c         *Capture
	limit     int
	tlsFailed bool
	live      bool // there are no packets to point at
	out       []Observation
	seen      map[string]int // by what is the same about them -> index in out
	count     map[string]int
}

// say adds an observation about s.
func (j *judge) say(s *Stream, packet int, kind string, weights supports, key string, pairs ...string) {
	same := kind + " " + key + " " + s.Client.Addr().String() + " " + s.Server.String() + " " + s.name()
	if j.count == nil {
		j.count = map[string]int{}
	}
	j.count[same]++
	if _, ok := j.seen[same]; ok || len(j.out) >= j.limit {
		return
	}
	j.seen[same] = len(j.out)
	number := strconv.Itoa(packet)
	if j.live {
		number, packet = "", 0
	}
	pairs = append(pairs, "Stream", strconv.Itoa(s.ID), "Packet", number, "Client", s.Client.String(), "Server", s.Server.String(), "More", "")
	j.out = append(j.out, Observation{Kind: kind, Source: at(j.name, packet), Text: triage.T(key, pairs...), Supports: weights,
		About: []string{s.Client.Addr().String(), s.Server.Addr().String(), s.name(), ":" + strconv.Itoa(int(s.Server.Port()))}})
}
