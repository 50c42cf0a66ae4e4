-- Service requests, visits, their history; operations that took effect; the audit trail.
CREATE SEQUENCE service_request_number START 100001;

CREATE TABLE service_requests (
    id             uuid PRIMARY KEY,
    number         text NOT NULL UNIQUE,
    state          text NOT NULL CHECK (state IN
        ('to_be_scheduled', 'dispatched', 'en_route', 'on_site', 'completed', 'cancelled')),
    version        bigint NOT NULL CHECK (version > 0),
    account_id     uuid NOT NULL,
    account_name   text NOT NULL,
    -- The device, the place and the contact as they were when the request was opened.
    device_id      uuid NOT NULL,
    serial_number  text NOT NULL,
    model          text NOT NULL,
    friendly_name  text NOT NULL DEFAULT '',
    line1          text NOT NULL,
    line2          text NOT NULL DEFAULT '',
    line3          text NOT NULL DEFAULT '',
    postal_code    text NOT NULL,
    city           text NOT NULL,
    country        text NOT NULL,
    latitude       double precision,
    longitude      double precision,
    quality        text NOT NULL CHECK (quality IN ('rooftop', 'street', 'postal_code', 'none')),
    time_zone      text NOT NULL,
    contact_name   text NOT NULL DEFAULT '',
    contact_phone  text NOT NULL DEFAULT '',
    contact_email  text NOT NULL DEFAULT '',
    category       text NOT NULL,
    description    text NOT NULL CHECK (description <> ''),
    priority       text NOT NULL CHECK (priority IN ('low', 'normal', 'high')),
    skills         text[] NOT NULL DEFAULT '{}',
    parts          text[] NOT NULL DEFAULT '{}',
    -- The customer's person who opened it; NULL when staff did.
    opened_by      uuid,
    opened_at      timestamptz NOT NULL,
    respond_by     timestamptz,
    resolve_by     timestamptz,
    window_start   timestamptz,
    window_end     timestamptz,
    -- The live visit and its technician; only between Dispatched and On site.
    visit_id       uuid,
    technician_id  uuid REFERENCES technicians (id),
    dispatched_at  timestamptz,
    en_route_at    timestamptz,
    on_site_at     timestamptz,
    ended_at       timestamptz,
    outcome        text NOT NULL DEFAULT '',
    nearly_there_at timestamptz,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT service_requests_position CHECK ((latitude IS NULL) = (longitude IS NULL)
        AND (quality = 'none') = (latitude IS NULL)
        AND (latitude BETWEEN -90 AND 90) IS NOT FALSE AND (longitude BETWEEN -180 AND 180) IS NOT FALSE),
    CONSTRAINT service_requests_window CHECK ((window_start IS NULL) = (window_end IS NULL)
        AND (window_start IS NULL OR window_start < window_end)),
    CONSTRAINT service_requests_assigned CHECK (
        (state IN ('dispatched', 'en_route', 'on_site')) = (visit_id IS NOT NULL)
        AND (visit_id IS NULL) = (technician_id IS NULL)),
    CONSTRAINT service_requests_ended CHECK ((state IN ('completed', 'cancelled')) = (ended_at IS NOT NULL)),
    CONSTRAINT service_requests_cancel_reason CHECK (state <> 'cancelled' OR outcome <> '')
);
-- One open request for a device.
CREATE UNIQUE INDEX service_requests_one_open ON service_requests (device_id)
    WHERE state NOT IN ('completed', 'cancelled');
CREATE INDEX service_requests_queue ON service_requests
    ((coalesce(least(respond_by, resolve_by), 'infinity')), opened_at, id) WHERE state NOT IN ('completed', 'cancelled');
CREATE INDEX service_requests_account ON service_requests (account_id, opened_at DESC, id);
CREATE INDEX service_requests_device ON service_requests (device_id, opened_at DESC);
CREATE INDEX service_requests_technician ON service_requests (technician_id) WHERE technician_id IS NOT NULL;
CREATE INDEX service_requests_opened ON service_requests (opened_at DESC, id);

-- The steps that exist. dispatch/machine.go is the source; a test compares the two.
CREATE FUNCTION service_request_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'to_be_scheduled' THEN
            RAISE EXCEPTION 'a service request begins in to_be_scheduled, not in %', NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'service_requests_step';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'the version of a service request only rises'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'service_requests_version';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('to_be_scheduled', 'to_be_scheduled'), ('to_be_scheduled', 'dispatched'), ('to_be_scheduled', 'cancelled'),
        ('dispatched', 'dispatched'), ('dispatched', 'to_be_scheduled'), ('dispatched', 'en_route'), ('dispatched', 'cancelled'),
        ('en_route', 'en_route'), ('en_route', 'dispatched'), ('en_route', 'to_be_scheduled'), ('en_route', 'on_site'), ('en_route', 'cancelled'),
        ('on_site', 'on_site'), ('on_site', 'to_be_scheduled'), ('on_site', 'completed'), ('on_site', 'cancelled'),
        ('completed', 'completed'), ('cancelled', 'cancelled')) THEN
        RAISE EXCEPTION 'a service request does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'service_requests_step';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER service_requests_step BEFORE INSERT OR UPDATE ON service_requests
    FOR EACH ROW EXECUTE FUNCTION service_request_step();

CREATE TABLE visits (
    id              uuid PRIMARY KEY,
    request_id      uuid NOT NULL REFERENCES service_requests (id),
    technician_id   uuid NOT NULL REFERENCES technicians (id),
    state           text NOT NULL CHECK (state IN ('assigned', 'accepted', 'en_route', 'on_site',
        'done', 'unsolved', 'declined', 'recalled', 'cancelled')),
    live            boolean NOT NULL GENERATED ALWAYS AS
        (state IN ('assigned', 'accepted', 'en_route', 'on_site')) STORED,
    -- From leaving to being done, as planned while live and as it was afterwards.
    during          tstzrange NOT NULL CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
        AND NOT lower_inf(during) AND NOT upper_inf(during)),
    planned_arrival timestamptz NOT NULL,
    travel_seconds  integer NOT NULL CHECK (travel_seconds >= 0),
    work_seconds    integer NOT NULL CHECK (work_seconds > 0),
    travel_source   text NOT NULL,
    -- Not before this, when a time was agreed.
    not_before      timestamptz,
    assigned_by     uuid,
    assigned_at     timestamptz NOT NULL,
    accepted_at     timestamptz,
    en_route_at     timestamptz,
    on_site_at      timestamptz,
    ended_at        timestamptz,
    outcome         text NOT NULL DEFAULT '',
    parts_used      jsonb NOT NULL DEFAULT '[]',
    readings        jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT visits_ended CHECK (
        (state IN ('assigned', 'accepted', 'en_route', 'on_site')) = (ended_at IS NULL)),
    -- No technician has two jobs at once, whoever assigns them and from which server.
    CONSTRAINT visits_no_double_booking EXCLUDE USING gist (technician_id WITH =, during WITH &&)
        WHERE (state IN ('assigned', 'accepted', 'en_route', 'on_site'))
        -- Checked at the end of each statement, so that one UPDATE may swap two jobs of a plan.
        DEFERRABLE INITIALLY IMMEDIATE
);
-- No job has two technicians.
CREATE UNIQUE INDEX visits_one_live ON visits (request_id)
    WHERE state IN ('assigned', 'accepted', 'en_route', 'on_site');
-- Nobody is on the way to two places.
CREATE UNIQUE INDEX visits_one_under_way ON visits (technician_id) WHERE state IN ('en_route', 'on_site');
CREATE INDEX visits_request ON visits (request_id, assigned_at);
CREATE INDEX visits_technician_ended ON visits (technician_id, ended_at);
CREATE INDEX visits_technician_live ON visits (technician_id)
    WHERE state IN ('assigned', 'accepted', 'en_route', 'on_site');

CREATE TABLE activities (
    request_id        uuid NOT NULL REFERENCES service_requests (id),
    -- The request's version that this made.
    sequence          bigint NOT NULL,
    kind              text NOT NULL,
    from_state        text,
    to_state          text,
    text              text NOT NULL DEFAULT '',
    actor_id          uuid,
    actor_role        text NOT NULL,
    actor_name        text NOT NULL DEFAULT '',
    visit_id          uuid,
    technician_id     uuid,
    technician_name   text NOT NULL DEFAULT '',
    customer_visible  boolean NOT NULL,
    at                timestamptz NOT NULL,
    -- By the phone's clock, uncorrected, and how many seconds that clock was ahead when the step was sent.
    phone_at          timestamptz,
    phone_skew        double precision NOT NULL DEFAULT 0,
    operation_id      uuid,
    PRIMARY KEY (request_id, sequence)
);

-- Operations that took effect, with their answer, so that the same one again changes nothing.
CREATE TABLE operations (
    person_id    uuid NOT NULL,
    id           uuid NOT NULL,
    kind         text NOT NULL,
    -- SHA-256 of what was asked: the same id for something else is refused.
    digest       bytea NOT NULL,
    result       jsonb,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (person_id, id)
);
CREATE INDEX operations_age ON operations (created_at);

CREATE TABLE audit_trail (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_id    uuid,
    actor_role  text NOT NULL,
    -- Network address the change came from; empty for the server's own.
    address     text NOT NULL DEFAULT '',
    action      text NOT NULL,
    object_kind text NOT NULL,
    object_id   uuid NOT NULL,
    before      jsonb,
    after       jsonb
);
CREATE INDEX audit_trail_object ON audit_trail (object_kind, object_id, at);
