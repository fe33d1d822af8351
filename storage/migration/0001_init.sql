-- Times are integer milliseconds since 1970 UTC; NULL is "not set".
-- Tables that are read by people's lists keep what they filter and sort on in
-- columns; the rest of the value is JSON in body.

CREATE TABLE requests (
  number       INTEGER PRIMARY KEY,
  id           TEXT    NOT NULL UNIQUE,
  version      INTEGER NOT NULL CHECK (version > 0),
  state        TEXT    NOT NULL,
  team         TEXT    NOT NULL, -- of the requester
  requester    TEXT    NOT NULL,
  batch        TEXT    NOT NULL,
  spki         TEXT    NOT NULL,
  product      TEXT    NOT NULL, -- profile of the certificate
  expires_ms   INTEGER,          -- of the wait for a decision
  not_after_ms INTEGER,          -- of the certificate
  updated_ms   INTEGER NOT NULL,
  body         TEXT    NOT NULL
) STRICT;
CREATE INDEX requests_updated   ON requests (updated_ms, number);
CREATE INDEX requests_state     ON requests (state, updated_ms, number);
CREATE INDEX requests_team      ON requests (team, state, updated_ms, number);
CREATE INDEX requests_requester ON requests (team, requester, state, updated_ms, number);
CREATE INDEX requests_batch     ON requests (batch, updated_ms, number) WHERE batch <> '';
CREATE INDEX requests_spki      ON requests (spki, number) WHERE spki <> '';
CREATE INDEX requests_expires   ON requests (state, expires_ms, number) WHERE expires_ms IS NOT NULL;

-- What Text of a query looks in: lower-case names, ID and product, by line. A table
-- of its own, because a search walks it and must not drag the bodies along.
CREATE TABLE request_words (
  number INTEGER PRIMARY KEY REFERENCES requests (number),
  words  TEXT NOT NULL
) STRICT;

-- One person gives one final verdict on one hash; holding and resuming before is free.
CREATE TABLE decisions (
  id      INTEGER PRIMARY KEY,
  request TEXT    NOT NULL REFERENCES requests (id),
  team    TEXT    NOT NULL,
  person  TEXT    NOT NULL,
  verdict TEXT    NOT NULL,
  hash    TEXT    NOT NULL,
  reason  TEXT    NOT NULL,
  at_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_request ON decisions (request, id);
CREATE UNIQUE INDEX decisions_final ON decisions (request, team, person, hash)
  WHERE verdict IN ('approve', 'reject');
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
  BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
  BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

CREATE TABLE conversations (
  id         TEXT    NOT NULL PRIMARY KEY,
  version    INTEGER NOT NULL CHECK (version > 0),
  team       TEXT    NOT NULL,
  person     TEXT    NOT NULL,
  channel    TEXT    NOT NULL,
  thread     TEXT    NOT NULL,
  phase      TEXT    NOT NULL,
  updated_ms INTEGER NOT NULL,
  body       TEXT    NOT NULL
) STRICT;
CREATE INDEX conversations_open ON conversations (team, person, updated_ms, channel, thread)
  WHERE phase IN ('asking', 'reviewing');

CREATE TABLE deployments (
  team       TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  updated_ms INTEGER NOT NULL,
  body       TEXT    NOT NULL,
  PRIMARY KEY (team, name)
) STRICT;
CREATE INDEX deployments_updated ON deployments (team, updated_ms);

CREATE TABLE cards (
  subject    TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  channel    TEXT    NOT NULL,
  thread     TEXT    NOT NULL,
  ts         TEXT    NOT NULL,
  drawn      TEXT    NOT NULL,
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (subject, kind, channel)
) STRICT;
CREATE INDEX cards_message ON cards (channel, ts) WHERE ts <> '';

CREATE TABLE cases (
  id         TEXT    NOT NULL PRIMARY KEY,
  version    INTEGER NOT NULL CHECK (version > 0),
  team       TEXT    NOT NULL,
  person     TEXT    NOT NULL,
  channel    TEXT    NOT NULL,
  thread     TEXT    NOT NULL,
  cause      TEXT    NOT NULL,
  outcome    TEXT    NOT NULL,
  updated_ms INTEGER NOT NULL,
  body       TEXT    NOT NULL
) STRICT;
CREATE INDEX cases_place ON cases (channel, thread, updated_ms);

-- Append-only; each mac covers the row and the mac before it (audit.go).
CREATE TABLE audit (
  id      INTEGER PRIMARY KEY,
  at_ms   INTEGER NOT NULL,
  team    TEXT    NOT NULL,
  person  TEXT    NOT NULL,
  verb    TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  detail  TEXT    NOT NULL,
  mac     BLOB    NOT NULL CHECK (length(mac) = 32)
) STRICT;
CREATE INDEX audit_subject ON audit (subject, id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;

-- The last row, sealed, so that rows cut off the end are missed.
CREATE TABLE audit_head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  id   INTEGER NOT NULL,
  mac  BLOB    NOT NULL,
  seal BLOB    NOT NULL
) STRICT;

-- The id grows with time, so that the sweep needs no index on at_ms.
CREATE TABLE receipts (
  id    INTEGER PRIMARY KEY,
  key   TEXT    NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL
) STRICT;

-- Rows stay for ever: their keys make redelivery harmless. wake_ms is when a row
-- may be claimed next: when it is due, or when the lease of its worker ends.
-- behind = 1 while an earlier row of the same lane and subject is pending, so that
-- a claim is one look into outbox_ready however long the queue is.
CREATE TABLE outbox (
  id       INTEGER PRIMARY KEY,
  key      TEXT    NOT NULL UNIQUE,
  lane     TEXT    NOT NULL,
  subject  TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  body     TEXT    NOT NULL,
  due_ms   INTEGER NOT NULL,
  wake_ms  INTEGER NOT NULL,
  behind   INTEGER NOT NULL CHECK (behind IN (0, 1)),
  attempts INTEGER NOT NULL DEFAULT 0,
  reason   TEXT    NOT NULL DEFAULT '', -- of the last retry, or of the burial
  done_ms  INTEGER,
  buried   INTEGER NOT NULL DEFAULT 0 CHECK (buried IN (0, 1))
) STRICT;
CREATE INDEX outbox_ready   ON outbox (lane, wake_ms, id)    WHERE done_ms IS NULL AND behind = 0;
CREATE INDEX outbox_pending ON outbox (lane, subject, id)    WHERE done_ms IS NULL;
CREATE INDEX outbox_buried  ON outbox (id)                   WHERE buried = 1;

CREATE TABLE settings (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE sequence (
  name  TEXT    NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
INSERT INTO sequence (name, value) VALUES ('request', 0);
