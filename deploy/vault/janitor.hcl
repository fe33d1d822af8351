# countersign-janitor: destroys keys, asks after hand-overs and takes them back. It
# sees no key and no certificate's record.
path "countersign-transit/keys/+/config" {
  capabilities = ["update"]
  allowed_parameters = {
    "deletion_allowed" = [true]
  }
}
path "countersign-transit/keys/+" {
  capabilities = ["delete"]
}
path "countersign-transit/keys/countersign-*" {
  capabilities = ["deny"]
}
path "auth/token/lookup-accessor" {
  capabilities = ["update"]
}
# Vault lets nobody revoke some tokens by accessor and not all. But a wrapping token is a
# lease below the path that it wraps, and a lease can be revoked by its path: so here
# end hand-overs of keys, and no other token.
path "sys/leases/revoke-prefix/countersign-transit/export/signing-key/+/latest" {
  capabilities       = ["update", "sudo"]
  allowed_parameters = {
    "sync" = [true]
  }
}
path "countersign-kv/data/handovers/+" {
  capabilities = ["create", "read"]
}
