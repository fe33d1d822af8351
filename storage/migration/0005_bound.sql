-- What a row of the record says of its request: version and state as written with
-- it, SHA-256 of the row in requests and of all decisions (link.go). The mac covers
-- them. Rows of before, and rows with which no request was written, have none.
ALTER TABLE audit ADD COLUMN version   INTEGER;
ALTER TABLE audit ADD COLUMN state     TEXT;
ALTER TABLE audit ADD COLUMN request   BLOB;
ALTER TABLE audit ADD COLUMN decisions BLOB;
CREATE INDEX audit_request ON audit (subject, id) WHERE version IS NOT NULL;

-- Filled for what is there when it is bound to the record (adopt.go).
ALTER TABLE requests ADD COLUMN policy TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN awaits TEXT NOT NULL DEFAULT '';
CREATE INDEX requests_awaits ON requests (team, awaits, policy, updated_ms, number, requester) WHERE awaits <> '';
DROP INDEX requests_owed;
CREATE INDEX requests_owed ON requests (team, policy, updated_ms, number) WHERE owed = 1;
