# countersign-recorder: the record of who did what, and nothing else: the one HMAC that
# the record is chained with, and the note of how far the record goes. Who signs cannot
# write the record, and who writes the record cannot sign.
path "countersign-transit/hmac/countersign-audit" {
  capabilities = ["update"]
  allowed_parameters = {
    "input"       = ["Y291bnRlcnNpZ24gYXVkaXQgY2hhaW4gMQ=="]
    "key_version" = []
  }
}
path "countersign-kv/data/record/head" {
  capabilities = ["create", "update", "read"]
}
