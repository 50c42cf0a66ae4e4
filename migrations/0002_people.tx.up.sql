-- Technicians, and the people who sign in: who they are, their sessions, and what holds guessing back.
CREATE TABLE technicians (
    id             uuid PRIMARY KEY,
    number         text NOT NULL UNIQUE CHECK (number <> ''),
    first_name     text NOT NULL CHECK (first_name <> ''),
    last_name      text NOT NULL,
    phone          text NOT NULL DEFAULT '',
    email          text NOT NULL DEFAULT '',
    skills         text[] NOT NULL DEFAULT '{}',
    home_latitude  double precision NOT NULL CHECK (home_latitude BETWEEN -90 AND 90),
    home_longitude double precision NOT NULL CHECK (home_longitude BETWEEN -180 AND 180),
    -- Postal code prefixes the technician works in; empty means everywhere.
    territory      text[] NOT NULL DEFAULT '{}',
    -- Working hours by the clock on the wall in time_zone; an end before the start goes past midnight.
    shift_start    time NOT NULL DEFAULT '08:00',
    shift_end      time NOT NULL DEFAULT '16:00',
    time_zone      text NOT NULL DEFAULT 'Europe/Oslo',
    active         boolean NOT NULL DEFAULT true,
    on_duty        boolean NOT NULL DEFAULT false,
    duty_since     timestamptz,
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT technicians_duty CHECK (on_duty = (duty_since IS NOT NULL)),
    CONSTRAINT technicians_duty_active CHECK (active OR NOT on_duty)
);

-- What is in the van.
CREATE TABLE van_stock (
    technician_id uuid NOT NULL REFERENCES technicians (id) ON DELETE CASCADE,
    part_number   text NOT NULL CHECK (part_number <> ''),
    quantity      integer NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (technician_id, part_number)
);

CREATE TABLE people (
    id                   uuid PRIMARY KEY,
    -- Lower-cased: the user ID is not case-sensitive.
    user_id              text NOT NULL UNIQUE CHECK (user_id <> '' AND user_id = lower(user_id)),
    -- argon2id in PHC form; NULL means nobody can sign in with a password.
    password_hash        text,
    must_change_password boolean NOT NULL DEFAULT false,
    role                 text NOT NULL CHECK (role IN ('customer', 'technician', 'dispatcher', 'admin')),
    account_id           uuid REFERENCES accounts (id),
    technician_id        uuid UNIQUE REFERENCES technicians (id),
    first_name           text NOT NULL DEFAULT '',
    last_name            text NOT NULL DEFAULT '',
    email                text NOT NULL DEFAULT '',
    phone                text NOT NULL DEFAULT '',
    language             text NOT NULL DEFAULT 'nb' CHECK (language IN ('nb', 'en')),
    disabled_at          timestamptz,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    CONSTRAINT people_belong CHECK ((role = 'customer') = (account_id IS NOT NULL)
        AND (role = 'technician') = (technician_id IS NOT NULL))
);
CREATE INDEX people_account ON people (account_id) WHERE account_id IS NOT NULL;

CREATE TABLE sessions (
    id           uuid PRIMARY KEY,
    person_id    uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- SHA-256 of the token; the token itself is nowhere.
    token_hash   bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    kind         text NOT NULL CHECK (kind IN ('web', 'device')),
    label        text NOT NULL DEFAULT '',
    address      text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz
);
CREATE INDEX sessions_person ON sessions (person_id, created_at DESC);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Failed sign-ins for a user ID or an address, and when the next try is let in.
CREATE TABLE sign_in_throttle (
    key           text PRIMARY KEY,
    failures      integer NOT NULL CHECK (failures > 0),
    last_failure  timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);
