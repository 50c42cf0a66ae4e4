-- Who follows which device, and what customers ask to have changed about where devices stand.

-- A registration lets a portal user follow a device: pending until staff approve it, then active; removed when the
-- user takes it off their list. A removed one keeps its settings, so that coming back brings everything back.
CREATE TABLE registrations (
    id            uuid PRIMARY KEY,
    person_id     uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    device_id     uuid NOT NULL REFERENCES devices (id),
    state         text NOT NULL CHECK (state IN ('pending', 'active', 'refused', 'removed')),
    -- The name wished for the device while the registration waits; from then on devices.friendly_name is what counts.
    friendly_name text NOT NULL DEFAULT '',
    -- Where reminders also go when the first one brought no reading; empty for nowhere.
    backup_email  text NOT NULL DEFAULT '',
    reminders     boolean NOT NULL DEFAULT true,
    requested_at  timestamptz NOT NULL,
    -- Until when staff answer: two working days after requested_at; absent for one that needed no approval.
    answer_by     timestamptz,
    decided_at    timestamptz,
    decided_by    uuid,
    -- Why staff refused it last; kept when the person removes it, so that only staff let them back in. Empty otherwise.
    reason        text NOT NULL DEFAULT '',
    updated_at    timestamptz NOT NULL,
    UNIQUE (person_id, device_id),
    CONSTRAINT registrations_waits CHECK (state <> 'pending' OR (answer_by IS NOT NULL AND decided_at IS NULL)),
    CONSTRAINT registrations_refusal CHECK (state <> 'refused' OR (reason <> '' AND decided_at IS NOT NULL))
);
CREATE INDEX registrations_device ON registrations (device_id) WHERE state = 'active';
CREATE INDEX registrations_pending ON registrations (answer_by, id) WHERE state = 'pending';

-- Wrong guesses of serial number and postal code by a person or an address, and when the next is let in.
CREATE TABLE registration_throttle (
    key           text PRIMARY KEY,
    failures      integer NOT NULL CHECK (failures > 0),
    last_failure  timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
CREATE INDEX registration_throttle_age ON registration_throttle (last_failure);

-- Where supplies for a device go, once that differs from its site: after the customer edited lines 2 and 3, or after the
-- site moved. A device without a row has its site's address.
CREATE TABLE delivery_addresses (
    device_id   uuid PRIMARY KEY REFERENCES devices (id),
    name        text NOT NULL DEFAULT '',
    line1       text NOT NULL,
    line2       text NOT NULL DEFAULT '',
    line3       text NOT NULL DEFAULT '',
    postal_code text NOT NULL,
    city        text NOT NULL,
    country     text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    updated_at  timestamptz NOT NULL
);

-- A wish to change where a site is. It concerns every device of the account there, and only takes effect when staff approve.
CREATE TABLE address_changes (
    id              uuid PRIMARY KEY,
    account_id      uuid NOT NULL REFERENCES accounts (id),
    site_id         uuid NOT NULL REFERENCES sites (id),
    -- The device it was asked for; the others at the site move with it.
    device_id       uuid NOT NULL REFERENCES devices (id),
    -- The service request it was asked with (a permanent change of its address); absent otherwise.
    request_id      uuid REFERENCES service_requests (id),
    requested_by    uuid NOT NULL REFERENCES people (id),
    reason          text NOT NULL CHECK (reason <> ''),
    -- The address of the site when it was asked for, so that staff see when it changed since.
    was_line1       text NOT NULL,
    was_line2       text NOT NULL,
    was_line3       text NOT NULL,
    was_postal_code text NOT NULL,
    was_city        text NOT NULL,
    was_country     text NOT NULL,
    -- The address wished.
    line1           text NOT NULL CHECK (line1 <> ''),
    line2           text NOT NULL DEFAULT '',
    line3           text NOT NULL DEFAULT '',
    postal_code     text NOT NULL CHECK (postal_code <> ''),
    city            text NOT NULL CHECK (city <> ''),
    country         text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    state           text NOT NULL CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn')),
    requested_at    timestamptz NOT NULL,
    answer_by       timestamptz NOT NULL,
    decided_at      timestamptz,
    decided_by      uuid,
    decision_reason text NOT NULL DEFAULT '',
    updated_at      timestamptz NOT NULL,
    CONSTRAINT address_changes_decided CHECK ((state = 'pending') = (decided_at IS NULL)),
    CONSTRAINT address_changes_refusal CHECK (state <> 'refused' OR decision_reason <> '')
);
CREATE UNIQUE INDEX address_changes_one_pending ON address_changes (site_id) WHERE state = 'pending';
CREATE INDEX address_changes_account ON address_changes (account_id, requested_at DESC, id);
CREATE INDEX address_changes_pending ON address_changes (answer_by, id) WHERE state = 'pending';
