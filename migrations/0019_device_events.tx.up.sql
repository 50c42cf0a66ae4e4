-- What becomes of a device beside what people ask for it: where it stands, under which contract, in or out of use. A trigger
-- writes it, so that nothing that changes a device passes by: the office, a file, whatever comes later. The audit trail says who
-- did it, and is thrown away after some years; this stays as long as the device.
CREATE TABLE device_events (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    device_id      uuid NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    -- Whose it was then, and before: the next owner is not told where it came from.
    account_id     uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    former_account uuid NOT NULL,
    at             timestamptz NOT NULL,
    -- address: the site's own address was changed, and the device stayed; approved: because a customer had asked for it.
    kind           text NOT NULL CHECK (kind IN ('moved', 'address', 'approved', 'contract', 'retired', 'returned')),
    -- Addresses in a line, or numbers of contracts; empty where there is none.
    was            text NOT NULL DEFAULT '',
    became         text NOT NULL DEFAULT ''
);
CREATE INDEX device_events_device ON device_events (device_id, at DESC, id DESC);
CREATE INDEX device_events_account ON device_events (account_id);

CREATE FUNCTION address_line(line1 text, line2 text, line3 text, postal_code text, city text) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$
    SELECT concat_ws(', ', nullif(line1, ''), nullif(line2, ''), nullif(line3, ''), concat_ws(' ', postal_code, city))
$$;

CREATE FUNCTION device_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.site_id <> OLD.site_id THEN
        INSERT INTO device_events (device_id, account_id, former_account, at, kind, was, became)
        SELECT NEW.id, NEW.account_id, OLD.account_id, NEW.updated_at, 'moved',
            address_line(f.line1, f.line2, f.line3, f.postal_code, f.city), address_line(t.line1, t.line2, t.line3, t.postal_code, t.city)
        FROM sites f, sites t WHERE f.id = OLD.site_id AND t.id = NEW.site_id;
    END IF;
    IF NEW.contract_id IS DISTINCT FROM OLD.contract_id THEN
        INSERT INTO device_events (device_id, account_id, former_account, at, kind, was, became)
        VALUES (NEW.id, NEW.account_id, OLD.account_id, NEW.updated_at, 'contract',
            coalesce((SELECT number FROM contracts WHERE id = OLD.contract_id), ''), coalesce((SELECT number FROM contracts WHERE id = NEW.contract_id), ''));
    END IF;
    IF (NEW.retired_at IS NULL) <> (OLD.retired_at IS NULL) THEN
        INSERT INTO device_events (device_id, account_id, former_account, at, kind)
        VALUES (NEW.id, NEW.account_id, OLD.account_id, NEW.updated_at, CASE WHEN NEW.retired_at IS NULL THEN 'returned' ELSE 'retired' END);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER devices_event AFTER UPDATE OF site_id, contract_id, retired_at ON devices
    FOR EACH ROW EXECUTE FUNCTION device_event();

CREATE FUNCTION site_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO device_events (device_id, account_id, former_account, at, kind, was, became)
    SELECT d.id, d.account_id, d.account_id, NEW.updated_at, 'address',
        address_line(OLD.line1, OLD.line2, OLD.line3, OLD.postal_code, OLD.city), address_line(NEW.line1, NEW.line2, NEW.line3, NEW.postal_code, NEW.city)
    FROM devices d WHERE d.site_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER sites_event AFTER UPDATE OF line1, line2, line3, postal_code, city ON sites FOR EACH ROW
    WHEN ((OLD.line1, OLD.line2, OLD.line3, OLD.postal_code, OLD.city) IS DISTINCT FROM (NEW.line1, NEW.line2, NEW.line3, NEW.postal_code, NEW.city))
    EXECUTE FUNCTION site_event();

-- The address is changed first, then the wish for it is granted, at one time of one transaction.
CREATE FUNCTION address_change_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE device_events e SET kind = 'approved' FROM devices d
    WHERE d.site_id = NEW.site_id AND e.device_id = d.id AND e.at = NEW.decided_at AND e.kind = 'address';
    RETURN NULL;
END $$;
CREATE TRIGGER address_changes_event AFTER UPDATE OF state ON address_changes FOR EACH ROW
    WHEN (NEW.state = 'approved' AND OLD.state <> 'approved') EXECUTE FUNCTION address_change_event();

-- Changes of address that were granted, for the devices that stand there.
INSERT INTO device_events (device_id, account_id, former_account, at, kind, was, became)
SELECT d.id, c.account_id, c.account_id, c.decided_at, 'approved',
    address_line(c.was_line1, c.was_line2, c.was_line3, c.was_postal_code, c.was_city), address_line(c.line1, c.line2, c.line3, c.postal_code, c.city)
FROM address_changes c JOIN devices d ON d.site_id = c.site_id OR d.id = c.device_id
WHERE c.state = 'approved' AND d.created_at <= c.decided_at;

-- What the audit trail still knows of moves and contracts, with the addresses as they are now.
INSERT INTO device_events (device_id, account_id, former_account, at, kind, was, became)
SELECT d.id, (a.after->>'account_id')::uuid, (a.before->>'account_id')::uuid, a.at, 'moved',
    coalesce(address_line(f.line1, f.line2, f.line3, f.postal_code, f.city), ''), coalesce(address_line(t.line1, t.line2, t.line3, t.postal_code, t.city), '')
FROM audit_trail a JOIN devices d ON d.id = a.object_id JOIN accounts owner ON owner.id = (a.after->>'account_id')::uuid
    LEFT JOIN sites f ON f.id = (a.before->>'site_id')::uuid LEFT JOIN sites t ON t.id = (a.after->>'site_id')::uuid
WHERE a.object_kind = 'device' AND a.action = 'device.move' AND a.before->>'site_id' <> a.after->>'site_id'
UNION ALL
SELECT d.id, (a.after->>'account_id')::uuid, (a.before->>'account_id')::uuid, a.at, 'contract', coalesce(f.number, ''), coalesce(t.number, '')
FROM audit_trail a JOIN devices d ON d.id = a.object_id JOIN accounts owner ON owner.id = (a.after->>'account_id')::uuid
    LEFT JOIN contracts f ON f.id = (a.before->>'contract_id')::uuid LEFT JOIN contracts t ON t.id = (a.after->>'contract_id')::uuid
WHERE a.object_kind = 'device' AND a.action = 'device.move' AND a.before->>'contract_id' IS DISTINCT FROM a.after->>'contract_id'
UNION ALL
SELECT d.id, d.account_id, d.account_id, a.at, CASE a.after->>'retired' WHEN 'true' THEN 'retired' ELSE 'returned' END, '', ''
FROM audit_trail a JOIN devices d ON d.id = a.object_id
WHERE a.object_kind = 'device' AND a.action = 'device.retire' AND a.before->>'retired' <> a.after->>'retired';
