-- Who has come so far: what Slack said of them, by user ID. It decides nothing that is
-- older than an hour (bot/directory.go); names and languages are used for longer.
CREATE TABLE people (
  id   TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
