#!/bin/sh
# Makes a root and an issuing CA inside a development Vault that setup.sh has
# prepared. In production the issuing CA is signed by your own root; see
# docs/vault.md.
set -eu

vault=${VAULT:-vault}
if "$vault" list countersign-pki/issuers >/dev/null 2>&1; then
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$vault" secrets enable -path=countersign-dev-root -max-lease-ttl=87600h pki
"$vault" secrets tune -max-lease-ttl=43800h countersign-pki
"$vault" write -field=certificate countersign-dev-root/root/generate/internal \
	common_name="Countersign development root CA" key_type=rsa key_bits=3072 ttl=87600h >"$work/root.pem"
"$vault" write -field=csr countersign-pki/intermediate/generate/internal \
	common_name="Countersign development issuing CA" key_type=rsa key_bits=3072 >"$work/issuing.csr"
"$vault" write -field=certificate countersign-dev-root/root/sign-intermediate \
	csr=@"$work/issuing.csr" format=pem ttl=43800h >"$work/issuing.pem"
{ cat "$work/issuing.pem"; echo; cat "$work/root.pem"; echo; } >"$work/chain.pem"
"$vault" write countersign-pki/intermediate/set-signed certificate=@"$work/chain.pem" >/dev/null
