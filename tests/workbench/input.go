package workbench

import (
	"io"
	"log/slog"
)

var Quiet = slog.New(slog.NewTextHandler(io.Discard, nil))
