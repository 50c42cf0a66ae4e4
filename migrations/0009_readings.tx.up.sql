-- Meter readings, and what is asked for when.

-- The counters a model has, in the order in which people are asked: of black, colour, black_a3, colour_a3, scan. A3 pages
-- are counted in their own counter only.
ALTER TABLE models
    ADD COLUMN counters text[] NOT NULL DEFAULT '{black}'
        CHECK (cardinality(counters) > 0 AND counters <@ '{black,colour,black_a3,colour_a3,scan}'::text[]),
    -- The most it can print or scan in a minute, for telling what is impossible.
    ADD COLUMN pages_per_minute integer NOT NULL DEFAULT 60 CHECK (pages_per_minute BETWEEN 1 AND 1000);

-- How often a reading is due: every so many months, counted from January; due on the last day of the period.
ALTER TABLE contracts
    ADD COLUMN reading_months integer NOT NULL DEFAULT 1 CHECK (reading_months IN (1, 2, 3, 4, 6, 12));

-- What is turned on where.
CREATE TABLE country_settings (
    country       text PRIMARY KEY CHECK (country ~ '^[A-Z]{2}$'),
    bulk_readings boolean NOT NULL DEFAULT false,
    updated_at    timestamptz NOT NULL
);

-- One reading of all counters of a device at one time. A correction is a reading of its own; the one it corrects stays,
-- superseded.
CREATE TABLE meter_readings (
    id            uuid PRIMARY KEY,
    device_id     uuid NOT NULL REFERENCES devices (id),
    taken_at      timestamptz NOT NULL CHECK (taken_at >= '2000-01-01'),
    -- Counter to value: {"black": 120034, "colour": 5501}. Whole pages.
    counters      jsonb NOT NULL CHECK (jsonb_typeof(counters) = 'object' AND counters <> '{}'),
    source        text NOT NULL CHECK (source IN ('customer', 'bulk', 'technician', 'staff', 'import')),
    entered_by    uuid,
    entered_at    timestamptz NOT NULL,
    -- Why an implausible value is right all the same, or why an earlier reading was corrected; empty where neither is so.
    reason        text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    -- The visit at whose end the technician took it.
    visit_id      uuid REFERENCES visits (id),
    -- The reading that took this one's place.
    superseded_by uuid REFERENCES meter_readings (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT meter_readings_not_itself CHECK (superseded_by <> id),
    CONSTRAINT meter_readings_counters CHECK (counters - '{black,colour,black_a3,colour_a3,scan}'::text[] = '{}'
        AND NOT jsonb_path_exists(counters,
            '$.* ? (@.type() != "number" || @ < 0 || @ > 999999999999 || @.floor() != @)')),
    CONSTRAINT meter_readings_visit CHECK (visit_id IS NULL OR source = 'technician')
);
-- One valid reading of a device at one time.
CREATE UNIQUE INDEX meter_readings_valid ON meter_readings (device_id, taken_at) WHERE superseded_by IS NULL;
CREATE INDEX meter_readings_device ON meter_readings (device_id, taken_at DESC, id);
-- A reading takes the place of one other, so that corrections make a chain.
CREATE UNIQUE INDEX meter_readings_superseded ON meter_readings (superseded_by) WHERE superseded_by IS NOT NULL;
CREATE UNIQUE INDEX meter_readings_one_a_visit ON meter_readings (visit_id) WHERE visit_id IS NOT NULL AND superseded_by IS NULL;

-- A file of readings: sent in pieces, looked through, and then taken over. It is thrown away after some days; the readings stay.
CREATE TABLE reading_uploads (
    id         uuid PRIMARY KEY,
    person_id  uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts (id),
    file_name  text NOT NULL,
    size       bigint NOT NULL CHECK (size > 0),
    state      text NOT NULL CHECK (state IN ('receiving', 'checked', 'applied')),
    -- How it was read, and how many rows there are of each outcome; absent until then.
    summary    jsonb,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT reading_uploads_summary CHECK ((state = 'receiving') = (summary IS NULL))
);
CREATE INDEX reading_uploads_age ON reading_uploads (created_at);
CREATE INDEX reading_uploads_person ON reading_uploads (person_id);

CREATE TABLE reading_upload_pieces (
    upload_id uuid NOT NULL REFERENCES reading_uploads (id) ON DELETE CASCADE,
    -- Where in the file it begins, in octets.
    start     bigint NOT NULL CHECK (start >= 0),
    data      bytea NOT NULL CHECK (length(data) > 0),
    PRIMARY KEY (upload_id, start)
);
-- What is sent is often compressed already (XLSX), and lives for days at most.
ALTER TABLE reading_upload_pieces ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE reading_upload_rows (
    upload_id uuid NOT NULL REFERENCES reading_uploads (id) ON DELETE CASCADE,
    -- Counts as a spreadsheet does, the header being 1.
    row       integer NOT NULL CHECK (row > 0),
    -- As far as the row could be read; empty or absent otherwise.
    serial    text NOT NULL DEFAULT '',
    device_id uuid,
    taken_at  timestamptz,
    counters  jsonb,
    reason    text NOT NULL DEFAULT '',
    outcome   text NOT NULL CHECK (outcome IN ('kept', 'unchanged', 'unconfirmed', 'refused')),
    -- Why: [{"Reason": …, "Field": …, "Message": …, "Params": {…}}]; absent where all is well.
    problems  jsonb,
    PRIMARY KEY (upload_id, row)
);

-- Who was reminded of which period's readings; each reminder is claimed here in the transaction that queues its messages, so
-- nobody gets two. A person with devices in several countries or time zones is reminded of each at its own hour.
CREATE TABLE reading_reminders (
    person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- The last month of the period: 2026-03.
    period    text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    kind      text NOT NULL CHECK (kind IN ('due', 'overdue')),
    country   text NOT NULL,
    time_zone text NOT NULL,
    devices   integer NOT NULL CHECK (devices > 0),
    made_at   timestamptz NOT NULL,
    PRIMARY KEY (person_id, period, kind, country, time_zone)
);
-- For throwing away what is old.
CREATE INDEX reading_reminders_age ON reading_reminders (made_at);

-- Keys that links in mails are signed with. The newest signs; older ones are good until what they signed has expired.
CREATE TABLE signing_keys (
    id         uuid PRIMARY KEY,
    secret     bytea NOT NULL CHECK (length(secret) = 32),
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);
CREATE UNIQUE INDEX signing_keys_one_current ON signing_keys ((true)) WHERE retired_at IS NULL;
