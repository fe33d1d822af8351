# countersign-releaser: used for nothing but handing a key to its requester. Vault
# itself refuses it an answer that is not wrapped, so the key is never seen here.
path "countersign-transit/export/signing-key/+/latest" {
  capabilities     = ["read"]
  min_wrapping_ttl = "1m"
  max_wrapping_ttl = "15m"
}
path "countersign-transit/export/signing-key/countersign-*" {
  capabilities = ["deny"]
}
