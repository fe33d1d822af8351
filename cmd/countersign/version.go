package main

import (
	"fmt"
	"runtime"
)

// version is set by the release build.
var version = "dev"

type versionCmd struct {
	JSON bool `name:"json" help:"Write JSON."`
}

func (v versionCmd) Run(c *console) error {
	if v.JSON {
		return writeJSON(c.out, map[string]string{"version": version, "go": runtime.Version()})
	}
	_, err := fmt.Fprintln(c.out, "countersign", version)
	return err
}
