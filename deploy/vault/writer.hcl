# countersign-writer: the running bot. It makes keys and requests, and signs what was
# approved. It cannot export a key, sign with one as it likes, change or destroy one,
# nor write the record of who did what.
# Transit asks for "update" also to make a key: it does not tell new from old, and
# leaves an old one as it is.
path "countersign-transit/keys/+" {
  capabilities = ["update"]
  allowed_parameters = {
    "type"       = ["rsa-2048", "rsa-3072", "rsa-4096", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521"]
    "exportable" = [true, false]
  }
}
path "countersign-transit/keys/+/csr" {
  capabilities = ["update"]
}
path "countersign-transit/keys/+/set-certificate" {
  capabilities = ["update"]
}
# Keys of Countersign itself are no keys for certificates.
path "countersign-transit/keys/countersign-*" {
  capabilities = ["deny"]
}
# The account at an ACME authority.
path "countersign-transit/keys/countersign-acme" {
  capabilities = ["read"]
}
path "countersign-transit/sign/countersign-acme/sha2-256" {
  capabilities = ["update"]
}

# Records are made once. The one of an issuance is written again with its answer; both
# times under check-and-set, which the mount asks for.
path "countersign-kv/data/certificates/+/+" {
  capabilities = ["create", "read"]
}
path "countersign-kv/data/issued/+" {
  capabilities = ["create", "update", "read"]
}

# By roles of deploy/vault alone, and in their bounds: no names of other kinds, no end
# past that of the role.
path "countersign-pki/sign/countersign-*" {
  capabilities       = ["update"]
  allowed_parameters = {
    "csr"                  = []
    "common_name"          = []
    "alt_names"            = []
    "ip_sans"              = []
    "uri_sans"             = []
    "exclude_cn_from_sans" = [true]
    "ttl"                  = []
    "format"               = ["pem"]
  }
}
path "countersign-pki/roles/+" {
  capabilities = ["read"]
}
path "countersign-pki/certs" {
  capabilities = ["list"]
}
path "countersign-pki/cert/+" {
  capabilities = ["read"]
}
path "countersign-pki/issuer/+/json" {
  capabilities = ["read"]
}
