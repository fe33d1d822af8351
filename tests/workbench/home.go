package workbench

import (
	"countersign/workflows"
	"countersign/workflows/issuance"
)

// Doing are the requests about which a home has something to do.
func Doing(h issuance.Home, do issuance.Task) []workflows.Request {
	var list []workflows.Request
	for _, w := range h.Work {
		if w.Do == do {
			list = append(list, w.Requests...)
		}
	}
	return list
}
