package storage_test

import (
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// doing are the requests about which a home has something to do.
func doing(h issuance.Home, do issuance.Task) (ids []workflows.RequestID) {
	for _, w := range h.Work {
		for _, r := range w.Requests {
			if w.Do == do {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids
}
