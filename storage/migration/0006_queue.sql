-- HMAC under the audit key over what an effect says (outbox.go). It goes when the
-- effect is done or buried. Filled once for what is pending of before (adopt.go).
ALTER TABLE outbox ADD COLUMN mac BLOB;
