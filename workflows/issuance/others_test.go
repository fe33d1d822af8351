package issuance_test

import (
	"testing"

	"countersign/tests/workbench"
	"countersign/workflows/services"
)

// TestEveryStepAsksWho: nobody gets at what is another's by any method of this package.
func TestEveryStepAsksWho(t *testing.T) {
	workbench.AsksWho(t, func(s *services.Set) []any { return []any{s.Issuance, s.Groups, s.Lists} })
}
