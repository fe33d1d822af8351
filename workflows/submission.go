package workflows

import (
	"countersign/certs"
)

// Submission is what a person asks to be certified, as their conversation described it.
type Submission struct {
	By         Person
	Place      Place
	Lang       string
	Deployment certs.Deployment
	Plan       certs.Plan   // of the whole deployment: its runbook and who trusts whom
	Wanted     []certs.Spec // of the plan, or the one that stands where Replaces stands
	Purpose    string
	CSRs       [][]byte  // DER, made on the boxes
	Replaces   *Replaced // of a renewal
	Follows    *Followed // asked for again
}
