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
    taken_at      timestamptz NOT NULL,
    -- Counter to value: {"black": 120034, "colour": 5501}.
    counters      jsonb NOT NULL CHECK (jsonb_typeof(counters) = 'object' AND counters <> '{}'),
    source        text NOT NULL CHECK (source IN ('customer', 'bulk', 'technician', 'staff', 'import')),
    entered_by    uuid,
    entered_at    timestamptz NOT NULL,
    -- Why an implausible value is right all the same; empty when it was plausible.
    reason        text NOT NULL DEFAULT '',
    -- The reading that took this one's place.
    superseded_by uuid REFERENCES meter_readings (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT meter_readings_not_itself CHECK (superseded_by <> id)
);
-- One valid reading of a device at one time.
CREATE UNIQUE INDEX meter_readings_valid ON meter_readings (device_id, taken_at) WHERE superseded_by IS NULL;
CREATE INDEX meter_readings_device ON meter_readings (device_id, taken_at DESC, id);
