// Package pebble pins the test CA that the ACME issuer is tried against, in a module
// of its own so that the product never links it.
//
//go:build tools

package pebble

import (
	_ "github.com/letsencrypt/pebble/v2/cmd/pebble"
	_ "github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv"
)
