package storage

import (
	"errors"

	"countersign/workflows"
)

// keyOf gives what a person would be told of err.
func keyOf(err error) string {
	var e *workflows.Error
	if errors.As(err, &e) {
		return e.Text.Key
	}
	return ""
}
