// Package deploy holds what a Vault needs to serve Countersign: policies, PKI roles
// and the script that applies them. They are files for operators first; this package
// lets a development server be set up by the very same ones.
package deploy

import "embed"

// Files are the policies (*.hcl), the scripts (*.sh) and roles/*.json.
//
//go:embed *.hcl *.sh roles/*.json
var Files embed.FS
