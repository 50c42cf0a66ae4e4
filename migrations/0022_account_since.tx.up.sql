-- Since when a device is its present company's. What was read of it before is the former company's, which the present one
-- never sees; staff do. NULL: it has only ever been one company's.
ALTER TABLE devices ADD COLUMN account_since timestamptz;

UPDATE devices AS d SET account_since = moved.at
FROM (SELECT object_id, max(at) AS at FROM audit_trail
	WHERE object_kind = 'device' AND action = 'device.move' AND before->>'account_id' IS DISTINCT FROM after->>'account_id'
	GROUP BY object_id) AS moved
WHERE moved.object_id = d.id;

-- However it is moved: by the office, or by a file.
CREATE FUNCTION devices_account_since() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.account_since := NEW.updated_at;
	RETURN NEW;
END $$;

CREATE TRIGGER devices_account_since BEFORE UPDATE OF account_id ON devices
	FOR EACH ROW WHEN (OLD.account_id IS DISTINCT FROM NEW.account_id) EXECUTE FUNCTION devices_account_since();
