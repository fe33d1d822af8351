package inbox

import (
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/issuance"
	"countersign/workflows/support"
)

// Service finds what a message or a file belongs to, and hands it there. It is safe for
// concurrent use.
type Service struct {
	*workflows.Kernel
	Issuance *issuance.Service
	Groups   issuance.Groups
	Support  *support.Service
	Intake   *intake.Service
}
