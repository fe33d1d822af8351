-- What a request waits for its requester to do (workflows.Request.Todo). It is for lists only:
-- whatever is done is asked of the body, so the record does not cover it.
ALTER TABLE requests ADD COLUMN todo TEXT NOT NULL DEFAULT '';
UPDATE requests SET todo = CASE
  WHEN state IN ('submitted', 'on_hold') THEN CASE
    WHEN json_array_length(body, '$.questions') > 0 AND coalesce(json_extract(body, '$.questions[#-1].answer'), '') = '' THEN 'answer'
    WHEN state = 'submitted' AND json_extract(body, '$.spec.own_csr') = 1 AND json_extract(body, '$.csr') IS NULL THEN 'csr' ELSE '' END
  WHEN state = 'issuing' AND json_extract(body, '$.pending') = 1 AND json_extract(body, '$.held') IS NULL THEN 'certificate'
  WHEN state = 'issued' AND json_extract(body, '$.revoking') IS NULL
    AND NOT EXISTS (SELECT 1 FROM json_each(body, '$.releases') AS r WHERE json_extract(r.value, '$.alarm') IS NOT NULL) THEN 'install'
  ELSE '' END
  WHERE state IN ('submitted', 'on_hold', 'issuing', 'issued');
CREATE INDEX requests_todo ON requests (team, requester, todo, updated_ms, number) WHERE todo <> '';

-- The certificates in use by their end: of one person, of a policy, of all.
CREATE INDEX requests_ends        ON requests (team, not_after_ms, number)            WHERE state IN ('issued', 'installed');
CREATE INDEX requests_ends_policy ON requests (team, policy, not_after_ms, number)    WHERE state IN ('issued', 'installed');
CREATE INDEX requests_ends_person ON requests (team, requester, not_after_ms, number) WHERE state IN ('issued', 'installed');
CREATE INDEX requests_policy      ON requests (team, policy, state, updated_ms, number);

-- Which requests are to replace a certificate.
CREATE INDEX requests_replaces ON requests (json_extract(body, '$.replaces.request')) WHERE json_extract(body, '$.replaces.request') IS NOT NULL;
