# countersign-revoker: revokes certificates of this CA, and nothing else.
path "countersign-pki/revoke" {
  capabilities = ["update"]
}
