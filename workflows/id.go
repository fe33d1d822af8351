package workflows

import (
	"strconv"
)

// RequestID names a request for people and machines: "REQ-17".
type RequestID string

// NewRequestID makes the ID of the n-th request.
func NewRequestID(n int64) RequestID { return RequestID("REQ-" + strconv.FormatInt(n, 10)) }
