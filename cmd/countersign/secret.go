package main

import (
	"log/slog"
)

// secret is a value that never shows itself.
type secret string

func (secret) String() string { return "REDACTED" }

func (secret) GoString() string { return "REDACTED" }

func (secret) LogValue() slog.Value { return slog.StringValue("REDACTED") }

func (secret) MarshalYAML() (any, error) { return "REDACTED", nil }
