-- Causes that people taught to triage. Approved ones are read whole at the start.
CREATE TABLE taught (
  id         TEXT    NOT NULL PRIMARY KEY,
  version    INTEGER NOT NULL CHECK (version > 0),
  team       TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  cause      TEXT    NOT NULL, -- its id in the knowledge base
  updated_ms INTEGER NOT NULL,
  body       TEXT    NOT NULL
) STRICT;
CREATE INDEX taught_state ON taught (team, state, updated_ms);
-- One cause of an id is live; a second proposal has to take another.
CREATE UNIQUE INDEX taught_live ON taught (team, cause) WHERE state = 'approved';
