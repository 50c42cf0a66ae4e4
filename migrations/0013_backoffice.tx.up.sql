-- The staff's side: an audit trail that is only added to, who read personal data, and devices that are taken out of use.

CREATE INDEX audit_trail_at ON audit_trail (at DESC, id DESC);
CREATE INDEX audit_trail_actor ON audit_trail (actor_id, at DESC, id DESC);

-- Reading of personal data by staff: one row a look, with all that it showed.
CREATE TABLE personal_data_reads (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_id    uuid,
    actor_role  text NOT NULL,
    -- Network address it was read from; empty for the server's own.
    address     text NOT NULL DEFAULT '',
    action      text NOT NULL CHECK (action <> ''),
    object_kind text NOT NULL CHECK (object_kind <> ''),
    object_ids  uuid[] NOT NULL CHECK (cardinality(object_ids) > 0)
);
CREATE INDEX personal_data_reads_at ON personal_data_reads (at DESC, id DESC);
CREATE INDEX personal_data_reads_actor ON personal_data_reads (actor_id, at DESC, id DESC);
CREATE INDEX personal_data_reads_objects ON personal_data_reads USING gin (object_ids);

-- Both are only added to. What is past its retention time goes by the job that marks its transaction.
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('utsendt.audit_retention', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is only added to, % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
CREATE TRIGGER audit_trail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER personal_data_reads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON personal_data_reads
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();

-- Taken out of use: kept for its history, shown to no customer.
ALTER TABLE devices ADD COLUMN retired_at timestamptz;
