-- The names of certificates in use (issued or installed), to find those that have the names
-- of one that is asked for. It is for hints only, so the record does not cover it.
CREATE TABLE names_in_use (
  name    TEXT    NOT NULL,
  profile TEXT    NOT NULL,
  number  INTEGER NOT NULL REFERENCES requests (number),
  PRIMARY KEY (name, profile, number)
) WITHOUT ROWID, STRICT;
CREATE INDEX names_in_use_number ON names_in_use (number);
INSERT OR IGNORE INTO names_in_use (name, profile, number)
  SELECT json_extract(n.value, '$.value'), r.product, r.number FROM requests AS r, json_each(r.body, '$.spec.names') AS n
  WHERE r.state IN ('issued', 'installed') AND json_extract(n.value, '$.value') <> '';
INSERT OR IGNORE INTO names_in_use (name, profile, number)
  SELECT json_extract(body, '$.spec.common_name'), product, number FROM requests
  WHERE state IN ('issued', 'installed') AND json_extract(body, '$.spec.common_name') <> '';
