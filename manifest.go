// Package countersign holds what belongs to the product as a whole and to no part of
// it: the Slack app manifest, which the demonstration workspace and the doctor read.
package countersign

import _ "embed"

// Manifest is manifest.yml.
//
//go:embed manifest.yml
var Manifest []byte
