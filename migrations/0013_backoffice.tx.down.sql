ALTER TABLE devices DROP COLUMN retired_at;
DROP TRIGGER audit_trail_append_only ON audit_trail;
DROP TABLE personal_data_reads;
DROP FUNCTION audit_append_only();
DROP INDEX audit_trail_actor;
DROP INDEX audit_trail_at;
