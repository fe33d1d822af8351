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
path "auth/token/revoke-accessor" {
  capabilities = ["update"]
}
path "countersign-kv/data/handovers/+" {
  capabilities = ["create", "read"]
}
