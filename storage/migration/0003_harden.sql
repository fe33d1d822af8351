-- INSERT OR REPLACE deletes without asking the triggers on DELETE.
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN NEW.id <= (SELECT max(id) FROM audit)
  BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions
  WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id)
    OR NEW.verdict IN ('approve', 'reject') AND EXISTS (SELECT 1 FROM decisions WHERE request = NEW.request
       AND team = NEW.team AND person = NEW.person AND hash = NEW.hash AND verdict IN ('approve', 'reject'))
  BEGIN SELECT RAISE(IGNORE); END;

-- Tells a row that a worker has from one that waits for its next try: after a
-- restart the first is due at once, the second as it was told (429, Retry-After).
ALTER TABLE outbox ADD COLUMN leased INTEGER NOT NULL DEFAULT 0 CHECK (leased IN (0, 1));
