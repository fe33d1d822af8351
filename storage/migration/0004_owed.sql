-- 1: a certificate of the request is valid and waits for a person to revoke it at its CA.
ALTER TABLE requests ADD COLUMN owed INTEGER NOT NULL DEFAULT 0 CHECK (owed IN (0, 1));
CREATE INDEX requests_owed ON requests (updated_ms, number) WHERE owed = 1;
UPDATE requests SET owed = 1 WHERE coalesce(json_extract(body, '$.revoking.manual'), 0) = 1 AND json_extract(body, '$.revoking.done') IS NULL
  OR EXISTS (SELECT 1 FROM json_each(body, '$.strays') AS s WHERE coalesce(json_extract(s.value, '$.manual'), 0) = 1 AND json_extract(s.value, '$.done') IS NULL);
