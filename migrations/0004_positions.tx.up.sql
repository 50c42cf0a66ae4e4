-- Where technicians are (live) and where they were (history, one partition a day, dropped after the retention time).
CREATE TABLE technician_positions (
    technician_id uuid PRIMARY KEY REFERENCES technicians (id) ON DELETE CASCADE,
    latitude      double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude     double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    accuracy      double precision NOT NULL CHECK (accuracy >= 0),
    speed         double precision,
    heading       double precision,
    -- By the server's clock: the phone's, corrected for its skew.
    recorded_at   timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    -- How far the phone's clock is ahead, in seconds; kept until it changes by more than 30 s, so that a fix sent
    -- twice gets the same recorded_at twice.
    clock_skew    double precision NOT NULL DEFAULT 0,
    -- Fixes too far off to believe, until enough of them agree; see geo.Track.
    suspect       jsonb
);

CREATE TABLE position_history (
    technician_id uuid NOT NULL,
    recorded_at   timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    phone_at      timestamptz NOT NULL,
    latitude      double precision NOT NULL,
    longitude     double precision NOT NULL,
    accuracy      double precision NOT NULL,
    speed         double precision,
    heading       double precision,
    -- The visit it was recorded for; absent between jobs.
    visit_id      uuid,
    PRIMARY KEY (technician_id, recorded_at)
) PARTITION BY RANGE (recorded_at);
