-- Whose devices stand where: accounts, sites, models, contracts, devices, and postal codes for positions.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE accounts (
    id         uuid PRIMARY KEY,
    number     text NOT NULL UNIQUE CHECK (number <> ''),
    name       text NOT NULL CHECK (name <> ''),
    country    text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    language   text NOT NULL DEFAULT 'nb' CHECK (language IN ('nb', 'en')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE sites (
    id          uuid PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES accounts (id),
    number      text NOT NULL CHECK (number <> ''),
    name        text NOT NULL,
    line1       text NOT NULL,
    line2       text NOT NULL DEFAULT '',
    line3       text NOT NULL DEFAULT '',
    postal_code text NOT NULL,
    city        text NOT NULL,
    country     text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    latitude    double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude   double precision CHECK (longitude BETWEEN -180 AND 180),
    quality     text NOT NULL CHECK (quality IN ('rooftop', 'street', 'postal_code', 'none')),
    time_zone   text NOT NULL CHECK (time_zone <> ''),
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    UNIQUE (account_id, number),
    CONSTRAINT sites_position_whole CHECK ((latitude IS NULL) = (longitude IS NULL)
        AND (quality = 'none') = (latitude IS NULL))
);

CREATE TABLE models (
    id     uuid PRIMARY KEY,
    name   text NOT NULL UNIQUE CHECK (name <> ''),
    -- The skills a technician needs for it; a request takes them over.
    skills text[] NOT NULL DEFAULT '{}',
    colour boolean NOT NULL DEFAULT false
);

CREATE TABLE contracts (
    id               uuid PRIMARY KEY,
    account_id       uuid NOT NULL REFERENCES accounts (id),
    number           text NOT NULL UNIQUE CHECK (number <> ''),
    starts_on        date NOT NULL,
    ends_on          date,
    -- Promises in hours after a request was opened; absent without a promise.
    response_hours   integer CHECK (response_hours BETWEEN 1 AND 10000),
    resolution_hours integer CHECK (resolution_hours BETWEEN 1 AND 10000),
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT contracts_order CHECK (ends_on IS NULL OR ends_on >= starts_on)
);

CREATE TABLE devices (
    id            uuid PRIMARY KEY,
    serial_number text NOT NULL UNIQUE CHECK (serial_number <> ''),
    model_id      uuid NOT NULL REFERENCES models (id),
    account_id    uuid NOT NULL REFERENCES accounts (id),
    site_id       uuid NOT NULL REFERENCES sites (id),
    contract_id   uuid REFERENCES contracts (id),
    friendly_name text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
CREATE INDEX devices_account ON devices (account_id, friendly_name, serial_number);
CREATE INDEX devices_site ON devices (site_id);

-- GeoNames postal codes: one row for each place name of a code.
CREATE TABLE postal_codes (
    country     text NOT NULL,
    postal_code text NOT NULL,
    place       text NOT NULL,
    latitude    double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude   double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    PRIMARY KEY (country, postal_code, place)
);
