// Command server is a real HashiCorp Vault for tests and development, built from
// the module proxy because Vault publishes its binary through no package registry.
//
// It is a module of its own, so that the product never links it: Vault is BUSL-1.1
// from version 1.15 on, and its requirements would become ours. The combination of
// versions in go.mod is one that compiles; later ones of Vault do not with any
// published sdk.
package main

import (
	"os"

	"github.com/hashicorp/vault/command"
)

func main() { os.Exit(command.Run(os.Args[1:])) }
