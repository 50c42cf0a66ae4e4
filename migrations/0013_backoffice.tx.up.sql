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

-- What is opened for a device is opened for the account that has it, and for no device out of use: also when the device is
-- moved or retired in this very moment, which locks its row. Requests may be of devices that are kept elsewhere.
CREATE FUNCTION of_device_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE device record;
BEGIN
    SELECT account_id, retired_at INTO device FROM devices WHERE id = NEW.device_id FOR KEY SHARE;
    IF FOUND AND (device.account_id <> NEW.account_id OR device.retired_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the device is another account''s or out of use'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_device';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER service_requests_device BEFORE INSERT ON service_requests FOR EACH ROW EXECUTE FUNCTION of_device_in_use();
CREATE TRIGGER supply_orders_device BEFORE INSERT ON supply_orders FOR EACH ROW EXECUTE FUNCTION of_device_in_use();

-- Somebody can always let others in: the last admin is neither disabled nor made something else, not by two at once either.
CREATE FUNCTION people_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people_keep_an_admin'));
    IF NOT EXISTS (SELECT FROM people WHERE role = 'admin' AND disabled_at IS NULL) THEN
        RAISE EXCEPTION 'the last admin stays one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'people_last_admin';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER people_last_admin AFTER UPDATE OF role, disabled_at ON people FOR EACH ROW
    WHEN (OLD.role = 'admin' AND OLD.disabled_at IS NULL AND (NEW.role <> 'admin' OR NEW.disabled_at IS NOT NULL))
    EXECUTE FUNCTION people_keep_an_admin();
CREATE TRIGGER people_last_admin_delete AFTER DELETE ON people FOR EACH ROW
    WHEN (OLD.role = 'admin' AND OLD.disabled_at IS NULL)
    EXECUTE FUNCTION people_keep_an_admin();
