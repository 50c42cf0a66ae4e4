-- The schema that the migrations make. Written by `go test ./migrations -update` with pg_dump 15.
-- Do not edit.

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE FUNCTION public.address_change_event() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE device_events e SET kind = 'approved' FROM devices d
    WHERE d.site_id = NEW.site_id AND e.device_id = d.id AND e.at = NEW.decided_at AND e.kind = 'address';
    RETURN NULL;
END $$;

CREATE FUNCTION public.address_line(line1 text, line2 text, line3 text, postal_code text, city text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT concat_ws(', ', nullif(line1, ''), nullif(line2, ''), nullif(line3, ''), concat_ws(' ', postal_code, city))
$$;

CREATE FUNCTION public.audit_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('utsendt.audit_retention', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is only added to, % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

CREATE FUNCTION public.device_event() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.devices_account_since() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	NEW.account_since := NEW.updated_at;
	RETURN NEW;
END $$;

CREATE FUNCTION public.of_device_in_use() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE device record;
BEGIN
    SELECT account_id, retired_at INTO device FROM devices WHERE id = NEW.device_id FOR KEY SHARE;
    IF FOUND AND (device.account_id <> NEW.account_id OR device.retired_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the device is another account''s or out of use'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_device';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.people_keep_an_admin() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('people_keep_an_admin'));
    IF NOT EXISTS (SELECT FROM people WHERE role = 'admin' AND disabled_at IS NULL) THEN
        RAISE EXCEPTION 'the last admin stays one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'people_last_admin';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.push_subscriptions_of_ended_session() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM push_subscriptions WHERE session_id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION public.request_share_step() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (NEW.id, NEW.request_id, NEW.created_by, NEW.created_at, NEW.expires_at)
        IS DISTINCT FROM (OLD.id, OLD.request_id, OLD.created_by, OLD.created_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'a link stays as it was made' USING ERRCODE = 'check_violation', CONSTRAINT = 'request_shares_fixed';
    END IF;
    IF OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_by) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by) THEN
        RAISE EXCEPTION 'a link that was taken back stays so' USING ERRCODE = 'check_violation', CONSTRAINT = 'request_shares_final';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.service_request_step() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.site_event() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO device_events (device_id, account_id, former_account, at, kind, was, became)
    SELECT d.id, d.account_id, d.account_id, NEW.updated_at, 'address',
        address_line(OLD.line1, OLD.line2, OLD.line3, OLD.postal_code, OLD.city), address_line(NEW.line1, NEW.line2, NEW.line3, NEW.postal_code, NEW.city)
    FROM devices d WHERE d.site_id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION public.supply_order_lines_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    present text;
BEGIN
    SELECT state INTO present FROM supply_orders WHERE id = coalesce(NEW.order_id, OLD.order_id) FOR NO KEY UPDATE;
    IF present <> 'placed' THEN
        RAISE EXCEPTION 'the lines of an order that is % do not change', present
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_order_lines_placed';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION public.supply_order_step() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'placed' THEN
            RAISE EXCEPTION 'an order begins in placed, not in %', NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_orders_step';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'the version of an order only rises'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_orders_version';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('placed', 'placed'), ('placed', 'picked'), ('placed', 'cancelled'),
        ('picked', 'shipped'), ('shipped', 'shipped'), ('shipped', 'delivered')) THEN
        RAISE EXCEPTION 'an order does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_orders_step';
    END IF;
    IF (OLD.number, OLD.account_id, OLD.device_id, OLD.ordered_by, OLD.placed_at)
        IS DISTINCT FROM (NEW.number, NEW.account_id, NEW.device_id, NEW.ordered_by, NEW.placed_at) THEN
        RAISE EXCEPTION 'whose order it is does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supply_orders_whose';
    END IF;
    RETURN NEW;
END $$;

CREATE TABLE public.accounts (
    id uuid NOT NULL,
    number text NOT NULL,
    name text NOT NULL,
    country text NOT NULL,
    language text DEFAULT 'nb'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT accounts_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT accounts_language_check CHECK ((language = ANY (ARRAY['nb'::text, 'en'::text]))),
    CONSTRAINT accounts_name_check CHECK ((name <> ''::text)),
    CONSTRAINT accounts_number_check CHECK ((number <> ''::text))
);

CREATE TABLE public.activities (
    request_id uuid NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    from_state text,
    to_state text,
    text text DEFAULT ''::text NOT NULL,
    actor_id uuid,
    actor_role text NOT NULL,
    actor_name text DEFAULT ''::text NOT NULL,
    visit_id uuid,
    technician_id uuid,
    technician_name text DEFAULT ''::text NOT NULL,
    customer_visible boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    phone_at timestamp with time zone,
    phone_skew double precision DEFAULT 0 NOT NULL,
    operation_id uuid
);

CREATE TABLE public.address_changes (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    site_id uuid NOT NULL,
    device_id uuid NOT NULL,
    request_id uuid,
    requested_by uuid NOT NULL,
    reason text NOT NULL,
    was_line1 text NOT NULL,
    was_line2 text NOT NULL,
    was_line3 text NOT NULL,
    was_postal_code text NOT NULL,
    was_city text NOT NULL,
    was_country text NOT NULL,
    line1 text NOT NULL,
    line2 text DEFAULT ''::text NOT NULL,
    line3 text DEFAULT ''::text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    state text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    answer_by timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    decision_reason text DEFAULT ''::text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT address_changes_city_check CHECK ((city <> ''::text)),
    CONSTRAINT address_changes_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT address_changes_decided CHECK (((state = 'pending'::text) = (decided_at IS NULL))),
    CONSTRAINT address_changes_line1_check CHECK ((line1 <> ''::text)),
    CONSTRAINT address_changes_postal_code_check CHECK ((postal_code <> ''::text)),
    CONSTRAINT address_changes_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT address_changes_refusal CHECK (((state <> 'refused'::text) OR (decision_reason <> ''::text))),
    CONSTRAINT address_changes_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'refused'::text, 'withdrawn'::text])))
);

CREATE TABLE public.article_models (
    article_id uuid NOT NULL,
    model_id uuid NOT NULL
);

CREATE TABLE public.article_texts (
    article_id uuid NOT NULL,
    language text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    search tsvector GENERATED ALWAYS AS (
CASE language
    WHEN 'nb'::text THEN (setweight(to_tsvector('norwegian'::regconfig, title), 'A'::"char") || to_tsvector('norwegian'::regconfig, body))
    ELSE (setweight(to_tsvector('english'::regconfig, title), 'A'::"char") || to_tsvector('english'::regconfig, body))
END) STORED NOT NULL,
    CONSTRAINT article_texts_body_check CHECK (((body <> ''::text) AND (body IS NFC NORMALIZED) AND (body !~ '^[[:space:]]|[[:space:]]$|\r'::text))),
    CONSTRAINT article_texts_language_check CHECK ((language = ANY (ARRAY['nb'::text, 'en'::text]))),
    CONSTRAINT article_texts_title_check CHECK (((title <> ''::text) AND (title IS NFC NORMALIZED) AND (title !~ '^[[:space:]]|[[:space:]]$|[[:cntrl:]]'::text)))
);

CREATE TABLE public.articles (
    id uuid NOT NULL,
    slug text NOT NULL,
    topic text NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT articles_slug_check CHECK ((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)),
    CONSTRAINT articles_topic_check CHECK ((topic = ANY (ARRAY['meter_reading'::text, 'fault'::text, 'supplies'::text, 'set_up'::text, 'general'::text]))),
    CONSTRAINT articles_version_check CHECK ((version > 0))
);

CREATE TABLE public.audit_trail (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id uuid,
    actor_role text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid NOT NULL,
    before jsonb,
    after jsonb
);

CREATE TABLE public.blobs (
    id uuid NOT NULL,
    content bytea NOT NULL,
    hash bytea NOT NULL,
    stored_at timestamp with time zone NOT NULL,
    CONSTRAINT blobs_hash_check CHECK ((length(hash) = 32))
);
ALTER TABLE ONLY public.blobs ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.contracts (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    number text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    response_hours integer,
    resolution_hours integer,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    reading_months integer DEFAULT 1 NOT NULL,
    supply_kinds text[] DEFAULT '{toner,waste_toner}'::text[] NOT NULL,
    CONSTRAINT contracts_number_check CHECK ((number <> ''::text)),
    CONSTRAINT contracts_order CHECK (((ends_on IS NULL) OR (ends_on >= starts_on))),
    CONSTRAINT contracts_reading_months_check CHECK ((reading_months = ANY (ARRAY[1, 2, 3, 4, 6, 12]))),
    CONSTRAINT contracts_resolution_hours_check CHECK (((resolution_hours >= 1) AND (resolution_hours <= 10000))),
    CONSTRAINT contracts_response_hours_check CHECK (((response_hours >= 1) AND (response_hours <= 10000))),
    CONSTRAINT contracts_supply_kinds_check CHECK ((supply_kinds <@ '{toner,drum,waste_toner,staples,fuser,other}'::text[]))
);

CREATE TABLE public.country_settings (
    country text NOT NULL,
    bulk_readings boolean DEFAULT false NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT country_settings_country_check CHECK ((country ~ '^[A-Z]{2}$'::text))
);

CREATE TABLE public.deliveries (
    id uuid NOT NULL,
    notification_id uuid NOT NULL,
    channel text NOT NULL,
    subscription_id uuid,
    recipient text NOT NULL,
    state text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_status integer DEFAULT 0 NOT NULL,
    last_error text DEFAULT ''::text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    address text,
    CONSTRAINT deliveries_address_while_open CHECK (((address IS NULL) OR ((channel = 'email'::text) AND (state = ANY (ARRAY['queued'::text, 'retrying'::text]))))),
    CONSTRAINT deliveries_channel_check CHECK ((channel = ANY (ARRAY['push'::text, 'email'::text]))),
    CONSTRAINT deliveries_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'retrying'::text, 'failed'::text, 'gone'::text, 'superseded'::text, 'withheld'::text]))),
    CONSTRAINT deliveries_subscription CHECK (((channel = 'push'::text) = (subscription_id IS NOT NULL)))
);

CREATE TABLE public.delivery_addresses (
    device_id uuid NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    line1 text NOT NULL,
    line2 text DEFAULT ''::text NOT NULL,
    line3 text DEFAULT ''::text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT delivery_addresses_country_check CHECK ((country ~ '^[A-Z]{2}$'::text))
);

CREATE TABLE public.device_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    device_id uuid NOT NULL,
    account_id uuid NOT NULL,
    former_account uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    was text DEFAULT ''::text NOT NULL,
    became text DEFAULT ''::text NOT NULL,
    CONSTRAINT device_events_kind_check CHECK ((kind = ANY (ARRAY['moved'::text, 'address'::text, 'approved'::text, 'contract'::text, 'retired'::text, 'returned'::text])))
);

CREATE TABLE public.devices (
    id uuid NOT NULL,
    serial_number text NOT NULL,
    model_id uuid NOT NULL,
    account_id uuid NOT NULL,
    site_id uuid NOT NULL,
    contract_id uuid,
    friendly_name text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone,
    account_since timestamp with time zone,
    CONSTRAINT devices_serial_number_check CHECK ((serial_number <> ''::text))
);

CREATE TABLE public.email_changes (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    email text NOT NULL,
    token_hash bytea,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    CONSTRAINT email_changes_email_check CHECK ((email <> ''::text)),
    CONSTRAINT email_changes_token_hash_check CHECK ((length(token_hash) = 32))
);

CREATE TABLE public.identity_keys (
    name text NOT NULL,
    key bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT identity_keys_key_check CHECK ((length(key) = 32))
);

CREATE TABLE public.mail_addresses (
    address_hash bytea NOT NULL,
    refusals integer DEFAULT 0 NOT NULL,
    off text[] DEFAULT '{}'::text[] NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT mail_addresses_address_hash_check CHECK ((length(address_hash) = 32)),
    CONSTRAINT mail_addresses_refusals_check CHECK ((refusals >= 0))
);

CREATE TABLE public.mail_preferences (
    person_id uuid NOT NULL,
    class text NOT NULL,
    off_at timestamp with time zone NOT NULL,
    CONSTRAINT mail_preferences_class_check CHECK ((class = ANY (ARRAY['requests'::text, 'orders'::text, 'readings'::text, 'registrations'::text, 'work'::text, 'new_requests'::text])))
);

CREATE TABLE public.mail_signing_key (
    one boolean DEFAULT true NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT mail_signing_key_one_check CHECK (one),
    CONSTRAINT mail_signing_key_secret_check CHECK ((length(secret) = 32))
);

CREATE TABLE public.meter_readings (
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    counters jsonb NOT NULL,
    source text NOT NULL,
    entered_by uuid,
    entered_at timestamp with time zone NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    visit_id uuid,
    superseded_by uuid,
    CONSTRAINT meter_readings_counters CHECK ((((counters - '{black,colour,black_a3,colour_a3,scan}'::text[]) = '{}'::jsonb) AND (NOT jsonb_path_exists(counters, '$.*?(((@.type() != "number" || @ < 0) || @ > 999999999999) || @.floor() != @)'::jsonpath)))),
    CONSTRAINT meter_readings_counters_check CHECK (((jsonb_typeof(counters) = 'object'::text) AND (counters <> '{}'::jsonb))),
    CONSTRAINT meter_readings_not_itself CHECK ((superseded_by <> id)),
    CONSTRAINT meter_readings_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT meter_readings_source_check CHECK ((source = ANY (ARRAY['customer'::text, 'bulk'::text, 'technician'::text, 'staff'::text, 'import'::text]))),
    CONSTRAINT meter_readings_taken_at_check CHECK ((taken_at >= '2000-01-01 00:00:00+00'::timestamp with time zone)),
    CONSTRAINT meter_readings_visit CHECK (((visit_id IS NULL) OR (source = 'technician'::text)))
);

CREATE TABLE public.models (
    id uuid NOT NULL,
    name text NOT NULL,
    skills text[] DEFAULT '{}'::text[] NOT NULL,
    colour boolean DEFAULT false NOT NULL,
    counters text[] DEFAULT '{black}'::text[] NOT NULL,
    pages_per_minute integer DEFAULT 60 NOT NULL,
    categories text[] DEFAULT '{paper_jam,print_quality,not_printing,error_code,noise,scanning,network,finishing,other}'::text[] NOT NULL,
    CONSTRAINT models_categories_check CHECK ((('other'::text = ANY (categories)) AND (categories <@ '{paper_jam,print_quality,not_printing,error_code,noise,scanning,network,finishing,other}'::text[]))),
    CONSTRAINT models_counters_check CHECK (((cardinality(counters) > 0) AND (counters <@ '{black,colour,black_a3,colour_a3,scan}'::text[]))),
    CONSTRAINT models_name_check CHECK ((name <> ''::text)),
    CONSTRAINT models_pages_per_minute_check CHECK (((pages_per_minute >= 1) AND (pages_per_minute <= 1000)))
);

CREATE TABLE public.notifications (
    id uuid NOT NULL,
    sequence bigint NOT NULL,
    person_id uuid,
    kind text NOT NULL,
    subject_kind text DEFAULT ''::text NOT NULL,
    subject_id uuid,
    request_number text DEFAULT ''::text NOT NULL,
    language text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    url text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    mail jsonb
);

ALTER TABLE public.notifications ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notifications_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.operations (
    person_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    digest bytea NOT NULL,
    result jsonb,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.passkey_ceremonies (
    id uuid NOT NULL,
    person_id uuid,
    session jsonb NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.passkeys (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    credential jsonb NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT passkeys_name_check CHECK ((name <> ''::text))
);

CREATE TABLE public.people (
    id uuid NOT NULL,
    user_id text NOT NULL,
    password_hash text,
    must_change_password boolean DEFAULT false NOT NULL,
    role text NOT NULL,
    account_id uuid,
    technician_id uuid,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    language text DEFAULT 'nb'::text NOT NULL,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    activated_at timestamp with time zone,
    CONSTRAINT people_belong CHECK ((((role = 'customer'::text) = (account_id IS NOT NULL)) AND ((role = 'technician'::text) = (technician_id IS NOT NULL)))),
    CONSTRAINT people_language_check CHECK ((language = ANY (ARRAY['nb'::text, 'en'::text]))),
    CONSTRAINT people_old_hash CHECK (((password_hash IS NULL) OR (password_hash ~~ '$argon2id$%'::text) OR must_change_password)),
    CONSTRAINT people_role_check CHECK ((role = ANY (ARRAY['customer'::text, 'technician'::text, 'dispatcher'::text, 'admin'::text]))),
    CONSTRAINT people_user_id_check CHECK (((user_id <> ''::text) AND (user_id = lower(user_id))))
);

CREATE TABLE public.personal_data_reads (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id uuid,
    actor_role text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_ids uuid[] NOT NULL,
    CONSTRAINT personal_data_reads_action_check CHECK ((action <> ''::text)),
    CONSTRAINT personal_data_reads_object_ids_check CHECK ((cardinality(object_ids) > 0)),
    CONSTRAINT personal_data_reads_object_kind_check CHECK ((object_kind <> ''::text))
);

CREATE TABLE public.photos (
    id uuid NOT NULL,
    uploaded_by uuid NOT NULL,
    digest bytea NOT NULL,
    content_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    size bigint NOT NULL,
    content_id uuid NOT NULL,
    thumbnail_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    request_id uuid,
    "position" integer,
    attached_at timestamp with time zone,
    CONSTRAINT photos_attached CHECK ((((request_id IS NULL) = ("position" IS NULL)) AND ((request_id IS NULL) = (attached_at IS NULL)))),
    CONSTRAINT photos_content_type_check CHECK ((content_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text]))),
    CONSTRAINT photos_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT photos_height_check CHECK ((height > 0)),
    CONSTRAINT photos_position_check CHECK ((("position" >= 1) AND ("position" <= 100))),
    CONSTRAINT photos_size_check CHECK ((size > 0)),
    CONSTRAINT photos_width_check CHECK ((width > 0))
);

CREATE TABLE public.position_history (
    technician_id uuid NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    phone_at timestamp with time zone NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    accuracy double precision NOT NULL,
    speed double precision,
    heading double precision,
    visit_id uuid
)
PARTITION BY RANGE (recorded_at);

CREATE TABLE public.postal_codes (
    country text NOT NULL,
    postal_code text NOT NULL,
    place text NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    CONSTRAINT postal_codes_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
    CONSTRAINT postal_codes_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)))
);

CREATE TABLE public.push_subscriptions (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    vapid_key_id uuid NOT NULL,
    session_id uuid,
    label text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_delivered_at timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL
);

CREATE TABLE public.reading_reminders (
    person_id uuid NOT NULL,
    period text NOT NULL,
    kind text NOT NULL,
    country text NOT NULL,
    time_zone text NOT NULL,
    devices integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT reading_reminders_devices_check CHECK ((devices > 0)),
    CONSTRAINT reading_reminders_kind_check CHECK ((kind = ANY (ARRAY['due'::text, 'overdue'::text]))),
    CONSTRAINT reading_reminders_period_check CHECK ((period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'::text))
);

CREATE TABLE public.reading_upload_pieces (
    upload_id uuid NOT NULL,
    start bigint NOT NULL,
    data bytea NOT NULL,
    CONSTRAINT reading_upload_pieces_data_check CHECK ((length(data) > 0)),
    CONSTRAINT reading_upload_pieces_start_check CHECK ((start >= 0))
);
ALTER TABLE ONLY public.reading_upload_pieces ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE public.reading_upload_rows (
    upload_id uuid NOT NULL,
    "row" integer NOT NULL,
    serial text DEFAULT ''::text NOT NULL,
    device_id uuid,
    taken_at timestamp with time zone,
    counters jsonb,
    reason text DEFAULT ''::text NOT NULL,
    outcome text NOT NULL,
    problems jsonb,
    unread boolean DEFAULT false NOT NULL,
    booked boolean DEFAULT false NOT NULL,
    CONSTRAINT reading_upload_rows_outcome_check CHECK ((outcome = ANY (ARRAY['kept'::text, 'unchanged'::text, 'unconfirmed'::text, 'refused'::text]))),
    CONSTRAINT reading_upload_rows_row_check CHECK (("row" > 0))
);

CREATE TABLE public.reading_uploads (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    account_id uuid NOT NULL,
    file_name text NOT NULL,
    size bigint NOT NULL,
    state text NOT NULL,
    summary jsonb,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT reading_uploads_size_check CHECK ((size > 0)),
    CONSTRAINT reading_uploads_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'checked'::text, 'applied'::text]))),
    CONSTRAINT reading_uploads_summary CHECK (((state = 'receiving'::text) = (summary IS NULL)))
);

CREATE TABLE public.recoveries (
    id uuid NOT NULL,
    person_id uuid,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone
);

CREATE TABLE public.registration_throttle (
    key text NOT NULL,
    failures integer NOT NULL,
    last_failure timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone NOT NULL,
    CONSTRAINT registration_throttle_failures_check CHECK ((failures > 0))
);

CREATE TABLE public.registrations (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    device_id uuid NOT NULL,
    state text NOT NULL,
    friendly_name text DEFAULT ''::text NOT NULL,
    backup_email text DEFAULT ''::text NOT NULL,
    reminders boolean DEFAULT true NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    answer_by timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by uuid,
    reason text DEFAULT ''::text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT registrations_refusal CHECK (((state <> 'refused'::text) OR ((reason <> ''::text) AND (decided_at IS NOT NULL)))),
    CONSTRAINT registrations_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'refused'::text, 'removed'::text]))),
    CONSTRAINT registrations_waits CHECK (((state <> 'pending'::text) OR ((answer_by IS NOT NULL) AND (decided_at IS NULL))))
);

CREATE TABLE public.request_shares (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by uuid,
    last_opened_at timestamp with time zone,
    CONSTRAINT request_shares_life CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '720:00:00'::interval)))),
    CONSTRAINT request_shares_revoked CHECK ((((revoked_at IS NULL) = (revoked_by IS NULL)) AND (revoked_at >= created_at)))
);

CREATE TABLE public.security_answers (
    person_id uuid NOT NULL,
    "position" smallint NOT NULL,
    question text NOT NULL,
    answer_hash text NOT NULL,
    CONSTRAINT security_answers_answer_hash_check CHECK ((answer_hash ~~ '$argon2id$%'::text)),
    CONSTRAINT security_answers_position_check CHECK (("position" = ANY (ARRAY[1, 2]))),
    CONSTRAINT security_answers_question_check CHECK ((question <> ''::text))
);

CREATE SEQUENCE public.service_request_number
    START WITH 100001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.service_requests (
    id uuid NOT NULL,
    number text NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL,
    account_id uuid NOT NULL,
    account_name text NOT NULL,
    device_id uuid NOT NULL,
    serial_number text NOT NULL,
    model text NOT NULL,
    friendly_name text DEFAULT ''::text NOT NULL,
    line1 text NOT NULL,
    line2 text DEFAULT ''::text NOT NULL,
    line3 text DEFAULT ''::text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    latitude double precision,
    longitude double precision,
    quality text NOT NULL,
    time_zone text NOT NULL,
    contact_name text DEFAULT ''::text NOT NULL,
    contact_phone text DEFAULT ''::text NOT NULL,
    contact_email text DEFAULT ''::text NOT NULL,
    category text NOT NULL,
    description text NOT NULL,
    priority text NOT NULL,
    skills text[] DEFAULT '{}'::text[] NOT NULL,
    parts text[] DEFAULT '{}'::text[] NOT NULL,
    opened_by uuid,
    opened_at timestamp with time zone NOT NULL,
    respond_by timestamp with time zone,
    resolve_by timestamp with time zone,
    window_start timestamp with time zone,
    window_end timestamp with time zone,
    visit_id uuid,
    technician_id uuid,
    dispatched_at timestamp with time zone,
    en_route_at timestamp with time zone,
    on_site_at timestamp with time zone,
    ended_at timestamp with time zone,
    outcome text DEFAULT ''::text NOT NULL,
    nearly_there_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT service_requests_assigned CHECK ((((state = ANY (ARRAY['dispatched'::text, 'en_route'::text, 'on_site'::text])) = (visit_id IS NOT NULL)) AND ((visit_id IS NULL) = (technician_id IS NULL)))),
    CONSTRAINT service_requests_cancel_reason CHECK (((state <> 'cancelled'::text) OR (outcome <> ''::text))),
    CONSTRAINT service_requests_description_check CHECK ((description <> ''::text)),
    CONSTRAINT service_requests_ended CHECK (((state = ANY (ARRAY['completed'::text, 'cancelled'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT service_requests_position CHECK ((((latitude IS NULL) = (longitude IS NULL)) AND ((quality = 'none'::text) = (latitude IS NULL)) AND (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision)) IS NOT FALSE) AND (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)) IS NOT FALSE))),
    CONSTRAINT service_requests_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text]))),
    CONSTRAINT service_requests_quality_check CHECK ((quality = ANY (ARRAY['rooftop'::text, 'street'::text, 'postal_code'::text, 'none'::text]))),
    CONSTRAINT service_requests_state_check CHECK ((state = ANY (ARRAY['to_be_scheduled'::text, 'dispatched'::text, 'en_route'::text, 'on_site'::text, 'completed'::text, 'cancelled'::text]))),
    CONSTRAINT service_requests_version_check CHECK ((version > 0)),
    CONSTRAINT service_requests_window CHECK ((((window_start IS NULL) = (window_end IS NULL)) AND ((window_start IS NULL) OR (window_start < window_end))))
);

CREATE TABLE public.sessions (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    kind text NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    method text DEFAULT 'password'::text NOT NULL,
    CONSTRAINT sessions_kind_check CHECK ((kind = ANY (ARRAY['web'::text, 'device'::text]))),
    CONSTRAINT sessions_method_check CHECK ((method = ANY (ARRAY['password'::text, 'temporary_password'::text, 'passkey'::text]))),
    CONSTRAINT sessions_token_hash_check CHECK ((length(token_hash) = 32))
);

CREATE TABLE public.sign_in_throttle (
    key text NOT NULL,
    failures integer NOT NULL,
    last_failure timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone NOT NULL,
    CONSTRAINT sign_in_throttle_failures_check CHECK ((failures > 0))
);

CREATE TABLE public.sign_ups (
    id uuid NOT NULL,
    state text NOT NULL,
    account_number text NOT NULL,
    postal_code text NOT NULL,
    account_id uuid,
    first_name text NOT NULL,
    last_name text NOT NULL,
    title text NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    language text NOT NULL,
    password_hash text,
    question1 text NOT NULL,
    answer1_hash text,
    question2 text NOT NULL,
    answer2_hash text,
    token_hash bytea,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by uuid,
    reason text DEFAULT ''::text NOT NULL,
    person_id uuid,
    CONSTRAINT sign_ups_account CHECK (((state = 'received'::text) OR (account_id IS NOT NULL))),
    CONSTRAINT sign_ups_approved CHECK (((state = 'approved'::text) = (person_id IS NOT NULL))),
    CONSTRAINT sign_ups_confirmed CHECK (((state = ANY (ARRAY['confirmed'::text, 'approved'::text, 'refused'::text])) = (confirmed_at IS NOT NULL))),
    CONSTRAINT sign_ups_decided CHECK ((((state = ANY (ARRAY['approved'::text, 'refused'::text])) = (decided_at IS NOT NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL)) AND ((decided_at IS NULL) OR (num_nonnulls(password_hash, answer1_hash, answer2_hash) = 0)))),
    CONSTRAINT sign_ups_email_check CHECK ((email <> ''::text)),
    CONSTRAINT sign_ups_language_check CHECK ((language = ANY (ARRAY['nb'::text, 'en'::text]))),
    CONSTRAINT sign_ups_questions CHECK ((question1 <> question2)),
    CONSTRAINT sign_ups_refused CHECK (((state = 'refused'::text) = (reason <> ''::text))),
    CONSTRAINT sign_ups_state_check CHECK ((state = ANY (ARRAY['received'::text, 'mailed'::text, 'confirmed'::text, 'approved'::text, 'refused'::text]))),
    CONSTRAINT sign_ups_token_hash_check CHECK ((length(token_hash) = 32))
);

CREATE TABLE public.signing_keys (
    id uuid NOT NULL,
    secret bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT signing_keys_secret_check CHECK ((length(secret) = 32))
);

CREATE TABLE public.sites (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    number text NOT NULL,
    name text NOT NULL,
    line1 text NOT NULL,
    line2 text DEFAULT ''::text NOT NULL,
    line3 text DEFAULT ''::text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    latitude double precision,
    longitude double precision,
    quality text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    CONSTRAINT sites_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT sites_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
    CONSTRAINT sites_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
    CONSTRAINT sites_notes_check CHECK ((char_length(notes) <= 2000)),
    CONSTRAINT sites_number_check CHECK ((number <> ''::text)),
    CONSTRAINT sites_position_whole CHECK ((((latitude IS NULL) = (longitude IS NULL)) AND ((quality = 'none'::text) = (latitude IS NULL)))),
    CONSTRAINT sites_quality_check CHECK ((quality = ANY (ARRAY['rooftop'::text, 'street'::text, 'postal_code'::text, 'none'::text]))),
    CONSTRAINT sites_time_zone_check CHECK ((time_zone <> ''::text))
);

CREATE TABLE public.supplies (
    id uuid NOT NULL,
    number text NOT NULL,
    name_nb text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    colour text DEFAULT ''::text NOT NULL,
    yield integer,
    retired boolean DEFAULT false NOT NULL,
    CONSTRAINT supplies_colour_check CHECK ((colour = ANY (ARRAY[''::text, 'black'::text, 'cyan'::text, 'magenta'::text, 'yellow'::text]))),
    CONSTRAINT supplies_kind_check CHECK ((kind = ANY (ARRAY['toner'::text, 'drum'::text, 'waste_toner'::text, 'staples'::text, 'fuser'::text, 'other'::text]))),
    CONSTRAINT supplies_name_en_check CHECK ((name_en <> ''::text)),
    CONSTRAINT supplies_name_nb_check CHECK ((name_nb <> ''::text)),
    CONSTRAINT supplies_number_check CHECK ((number <> ''::text)),
    CONSTRAINT supplies_yield_check CHECK ((yield > 0))
);

CREATE TABLE public.supply_models (
    supply_id uuid NOT NULL,
    model_id uuid NOT NULL
);

CREATE TABLE public.supply_order_lines (
    order_id uuid NOT NULL,
    line integer NOT NULL,
    supply_id uuid NOT NULL,
    supply_number text NOT NULL,
    name_nb text NOT NULL,
    name_en text NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT supply_order_lines_line_check CHECK ((line > 0)),
    CONSTRAINT supply_order_lines_quantity_check CHECK (((quantity >= 1) AND (quantity <= 100)))
);

CREATE SEQUENCE public.supply_order_number
    START WITH 100001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.supply_orders (
    id uuid NOT NULL,
    number text NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL,
    account_id uuid NOT NULL,
    device_id uuid NOT NULL,
    serial_number text NOT NULL,
    model text NOT NULL,
    friendly_name text DEFAULT ''::text NOT NULL,
    contract_number text NOT NULL,
    ordered_by uuid NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    line1 text NOT NULL,
    line2 text DEFAULT ''::text NOT NULL,
    line3 text DEFAULT ''::text NOT NULL,
    postal_code text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    contact_name text DEFAULT ''::text NOT NULL,
    contact_phone text DEFAULT ''::text NOT NULL,
    contact_email text DEFAULT ''::text NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    picked_at timestamp with time zone,
    shipped_at timestamp with time zone,
    delivered_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    cancel_reason text DEFAULT ''::text NOT NULL,
    carrier text DEFAULT ''::text NOT NULL,
    tracking_number text DEFAULT ''::text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT supply_orders_cancelled CHECK ((((state = 'cancelled'::text) = (cancelled_at IS NOT NULL)) AND ((state = 'cancelled'::text) = (cancel_reason <> ''::text)))),
    CONSTRAINT supply_orders_delivered CHECK (((state = 'delivered'::text) = (delivered_at IS NOT NULL))),
    CONSTRAINT supply_orders_picked CHECK (((state = ANY (ARRAY['picked'::text, 'shipped'::text, 'delivered'::text])) = (picked_at IS NOT NULL))),
    CONSTRAINT supply_orders_shipped CHECK ((((state = ANY (ARRAY['shipped'::text, 'delivered'::text])) = (shipped_at IS NOT NULL)) AND ((shipped_at IS NOT NULL) = (carrier <> ''::text)) AND ((carrier <> ''::text) OR (tracking_number = ''::text)))),
    CONSTRAINT supply_orders_state_check CHECK ((state = ANY (ARRAY['placed'::text, 'picked'::text, 'shipped'::text, 'delivered'::text, 'cancelled'::text]))),
    CONSTRAINT supply_orders_version_check CHECK ((version > 0))
);

CREATE TABLE public.technician_positions (
    technician_id uuid NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    accuracy double precision NOT NULL,
    speed double precision,
    heading double precision,
    recorded_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    clock_skew double precision DEFAULT 0 NOT NULL,
    suspect jsonb,
    CONSTRAINT technician_positions_accuracy_check CHECK ((accuracy >= (0)::double precision)),
    CONSTRAINT technician_positions_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
    CONSTRAINT technician_positions_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)))
);

CREATE TABLE public.technicians (
    id uuid NOT NULL,
    number text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    skills text[] DEFAULT '{}'::text[] NOT NULL,
    home_latitude double precision NOT NULL,
    home_longitude double precision NOT NULL,
    territory text[] DEFAULT '{}'::text[] NOT NULL,
    shift_start time without time zone DEFAULT '08:00:00'::time without time zone NOT NULL,
    shift_end time without time zone DEFAULT '16:00:00'::time without time zone NOT NULL,
    time_zone text DEFAULT 'Europe/Oslo'::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    on_duty boolean DEFAULT false NOT NULL,
    duty_since timestamp with time zone,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT technicians_duty CHECK ((on_duty = (duty_since IS NOT NULL))),
    CONSTRAINT technicians_duty_active CHECK ((active OR (NOT on_duty))),
    CONSTRAINT technicians_first_name_check CHECK ((first_name <> ''::text)),
    CONSTRAINT technicians_home_latitude_check CHECK (((home_latitude >= ('-90'::integer)::double precision) AND (home_latitude <= (90)::double precision))),
    CONSTRAINT technicians_home_longitude_check CHECK (((home_longitude >= ('-180'::integer)::double precision) AND (home_longitude <= (180)::double precision))),
    CONSTRAINT technicians_number_check CHECK ((number <> ''::text))
);

CREATE TABLE public.temporary_passwords (
    person_id uuid NOT NULL,
    recovery_id uuid NOT NULL,
    hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    session_id uuid,
    used_at timestamp with time zone,
    CONSTRAINT temporary_passwords_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT temporary_passwords_used CHECK (((session_id IS NULL) OR (used_at IS NOT NULL)))
);

CREATE TABLE public.user_id_reminders (
    id uuid NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone
);

CREATE TABLE public.van_stock (
    technician_id uuid NOT NULL,
    part_number text NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT van_stock_part_number_check CHECK ((part_number <> ''::text)),
    CONSTRAINT van_stock_quantity_check CHECK ((quantity >= 0))
);

CREATE TABLE public.vapid_keys (
    id uuid NOT NULL,
    public_key text NOT NULL,
    private_key text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone
);

CREATE TABLE public.visit_file_pieces (
    file_id uuid NOT NULL,
    place bigint NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT visit_file_pieces_content_check CHECK ((length(content) > 0)),
    CONSTRAINT visit_file_pieces_place_check CHECK ((place >= 0))
);
ALTER TABLE ONLY public.visit_file_pieces ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE public.visit_files (
    id uuid NOT NULL,
    visit_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    slot integer NOT NULL,
    announced bigint NOT NULL,
    digest bytea NOT NULL,
    received bigint DEFAULT 0 NOT NULL,
    refusal text DEFAULT ''::text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    touched_at timestamp with time zone NOT NULL,
    content_type text,
    width integer,
    height integer,
    size bigint,
    content_id uuid,
    thumbnail_id uuid,
    stored_at timestamp with time zone,
    CONSTRAINT visit_files_announced_check CHECK ((announced > 0)),
    CONSTRAINT visit_files_check CHECK (((slot >= 1) AND (slot <=
CASE kind
    WHEN 'signature'::text THEN 1
    ELSE 12
END))),
    CONSTRAINT visit_files_check1 CHECK (((received >= 0) AND (received <= announced))),
    CONSTRAINT visit_files_content_type_check CHECK ((content_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text]))),
    CONSTRAINT visit_files_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT visit_files_height_check CHECK ((height > 0)),
    CONSTRAINT visit_files_kind_check CHECK ((kind = ANY (ARRAY['photo'::text, 'signature'::text]))),
    CONSTRAINT visit_files_refused CHECK (((state = 'refused'::text) = (refusal <> ''::text))),
    CONSTRAINT visit_files_size_check CHECK ((size > 0)),
    CONSTRAINT visit_files_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'stored'::text, 'refused'::text]))),
    CONSTRAINT visit_files_stored CHECK (
CASE state
    WHEN 'stored'::text THEN ((received = announced) AND (num_nonnulls(content_type, width, height, size, content_id, thumbnail_id, stored_at) = 7))
    ELSE (num_nonnulls(content_type, width, height, size, content_id, thumbnail_id, stored_at) = 0)
END),
    CONSTRAINT visit_files_width_check CHECK ((width > 0))
);

CREATE TABLE public.visits (
    id uuid NOT NULL,
    request_id uuid NOT NULL,
    technician_id uuid NOT NULL,
    state text NOT NULL,
    live boolean GENERATED ALWAYS AS ((state = ANY (ARRAY['assigned'::text, 'accepted'::text, 'en_route'::text, 'on_site'::text]))) STORED NOT NULL,
    during tstzrange NOT NULL,
    planned_arrival timestamp with time zone NOT NULL,
    travel_seconds integer NOT NULL,
    work_seconds integer NOT NULL,
    travel_source text NOT NULL,
    not_before timestamp with time zone,
    assigned_by uuid,
    assigned_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    en_route_at timestamp with time zone,
    on_site_at timestamp with time zone,
    ended_at timestamp with time zone,
    outcome text DEFAULT ''::text NOT NULL,
    parts_used jsonb DEFAULT '[]'::jsonb NOT NULL,
    readings jsonb DEFAULT '[]'::jsonb NOT NULL,
    signed_by text DEFAULT ''::text NOT NULL,
    CONSTRAINT visits_during_check CHECK (((NOT isempty(during)) AND lower_inc(during) AND (NOT upper_inc(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT visits_ended CHECK (((state = ANY (ARRAY['assigned'::text, 'accepted'::text, 'en_route'::text, 'on_site'::text])) = (ended_at IS NULL))),
    CONSTRAINT visits_state_check CHECK ((state = ANY (ARRAY['assigned'::text, 'accepted'::text, 'en_route'::text, 'on_site'::text, 'done'::text, 'unsolved'::text, 'declined'::text, 'recalled'::text, 'cancelled'::text]))),
    CONSTRAINT visits_travel_seconds_check CHECK ((travel_seconds >= 0)),
    CONSTRAINT visits_work_seconds_check CHECK ((work_seconds > 0))
);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_number_key UNIQUE (number);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_pkey PRIMARY KEY (request_id, sequence);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.article_models
    ADD CONSTRAINT article_models_pkey PRIMARY KEY (article_id, model_id);

ALTER TABLE ONLY public.article_texts
    ADD CONSTRAINT article_texts_pkey PRIMARY KEY (article_id, language);

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.articles
    ADD CONSTRAINT articles_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.audit_trail
    ADD CONSTRAINT audit_trail_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.blobs
    ADD CONSTRAINT blobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_number_key UNIQUE (number);

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.country_settings
    ADD CONSTRAINT country_settings_pkey PRIMARY KEY (country);

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.delivery_addresses
    ADD CONSTRAINT delivery_addresses_pkey PRIMARY KEY (device_id);

ALTER TABLE ONLY public.device_events
    ADD CONSTRAINT device_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_serial_number_key UNIQUE (serial_number);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.identity_keys
    ADD CONSTRAINT identity_keys_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.mail_addresses
    ADD CONSTRAINT mail_addresses_pkey PRIMARY KEY (address_hash);

ALTER TABLE ONLY public.mail_preferences
    ADD CONSTRAINT mail_preferences_pkey PRIMARY KEY (person_id, class);

ALTER TABLE ONLY public.mail_signing_key
    ADD CONSTRAINT mail_signing_key_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.meter_readings
    ADD CONSTRAINT meter_readings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_name_key UNIQUE (name);

ALTER TABLE ONLY public.models
    ADD CONSTRAINT models_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.operations
    ADD CONSTRAINT operations_pkey PRIMARY KEY (person_id, id);

ALTER TABLE ONLY public.passkey_ceremonies
    ADD CONSTRAINT passkey_ceremonies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id);

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_technician_id_key UNIQUE (technician_id);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.personal_data_reads
    ADD CONSTRAINT personal_data_reads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_content_id_key UNIQUE (content_id);

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_once UNIQUE (request_id, digest);

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_position UNIQUE (request_id, "position");

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_thumbnail_id_key UNIQUE (thumbnail_id);

ALTER TABLE ONLY public.position_history
    ADD CONSTRAINT position_history_pkey PRIMARY KEY (technician_id, recorded_at);

ALTER TABLE ONLY public.postal_codes
    ADD CONSTRAINT postal_codes_pkey PRIMARY KEY (country, postal_code, place);

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint);

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reading_reminders
    ADD CONSTRAINT reading_reminders_pkey PRIMARY KEY (person_id, period, kind, country, time_zone);

ALTER TABLE ONLY public.reading_upload_pieces
    ADD CONSTRAINT reading_upload_pieces_pkey PRIMARY KEY (upload_id, start);

ALTER TABLE ONLY public.reading_upload_rows
    ADD CONSTRAINT reading_upload_rows_pkey PRIMARY KEY (upload_id, "row");

ALTER TABLE ONLY public.reading_uploads
    ADD CONSTRAINT reading_uploads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.recoveries
    ADD CONSTRAINT recoveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.registration_throttle
    ADD CONSTRAINT registration_throttle_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_person_id_device_id_key UNIQUE (person_id, device_id);

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.request_shares
    ADD CONSTRAINT request_shares_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.security_answers
    ADD CONSTRAINT security_answers_person_id_question_key UNIQUE (person_id, question);

ALTER TABLE ONLY public.security_answers
    ADD CONSTRAINT security_answers_pkey PRIMARY KEY (person_id, "position");

ALTER TABLE ONLY public.service_requests
    ADD CONSTRAINT service_requests_number_key UNIQUE (number);

ALTER TABLE ONLY public.service_requests
    ADD CONSTRAINT service_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.sign_in_throttle
    ADD CONSTRAINT sign_in_throttle_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_person_id_key UNIQUE (person_id);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_account_id_number_key UNIQUE (account_id, number);

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.supplies
    ADD CONSTRAINT supplies_number_key UNIQUE (number);

ALTER TABLE ONLY public.supplies
    ADD CONSTRAINT supplies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.supply_models
    ADD CONSTRAINT supply_models_pkey PRIMARY KEY (supply_id, model_id);

ALTER TABLE ONLY public.supply_order_lines
    ADD CONSTRAINT supply_order_lines_order_id_supply_id_key UNIQUE (order_id, supply_id);

ALTER TABLE ONLY public.supply_order_lines
    ADD CONSTRAINT supply_order_lines_pkey PRIMARY KEY (order_id, line);

ALTER TABLE ONLY public.supply_orders
    ADD CONSTRAINT supply_orders_number_key UNIQUE (number);

ALTER TABLE ONLY public.supply_orders
    ADD CONSTRAINT supply_orders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.technician_positions
    ADD CONSTRAINT technician_positions_pkey PRIMARY KEY (technician_id);

ALTER TABLE ONLY public.technicians
    ADD CONSTRAINT technicians_number_key UNIQUE (number);

ALTER TABLE ONLY public.technicians
    ADD CONSTRAINT technicians_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.temporary_passwords
    ADD CONSTRAINT temporary_passwords_pkey PRIMARY KEY (person_id);

ALTER TABLE ONLY public.user_id_reminders
    ADD CONSTRAINT user_id_reminders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.van_stock
    ADD CONSTRAINT van_stock_pkey PRIMARY KEY (technician_id, part_number);

ALTER TABLE ONLY public.vapid_keys
    ADD CONSTRAINT vapid_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.vapid_keys
    ADD CONSTRAINT vapid_keys_public_key_key UNIQUE (public_key);

ALTER TABLE ONLY public.visit_file_pieces
    ADD CONSTRAINT visit_file_pieces_pkey PRIMARY KEY (file_id, place);

ALTER TABLE ONLY public.visit_files
    ADD CONSTRAINT visit_files_content_id_key UNIQUE (content_id);

ALTER TABLE ONLY public.visit_files
    ADD CONSTRAINT visit_files_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.visit_files
    ADD CONSTRAINT visit_files_thumbnail_id_key UNIQUE (thumbnail_id);

ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_no_double_booking EXCLUDE USING gist (technician_id WITH =, during WITH &&) WHERE ((state = ANY (ARRAY['assigned'::text, 'accepted'::text, 'en_route'::text, 'on_site'::text]))) DEFERRABLE;

ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_pkey PRIMARY KEY (id);

CREATE INDEX address_changes_account ON public.address_changes USING btree (account_id, requested_at DESC, id);

CREATE INDEX address_changes_device ON public.address_changes USING btree (device_id, requested_at DESC);

CREATE UNIQUE INDEX address_changes_one_pending ON public.address_changes USING btree (site_id) WHERE (state = 'pending'::text);

CREATE INDEX address_changes_pending ON public.address_changes USING btree (answer_by, id) WHERE (state = 'pending'::text);

CREATE INDEX address_changes_site ON public.address_changes USING btree (site_id, requested_at DESC);

CREATE INDEX article_models_model ON public.article_models USING btree (model_id);

CREATE INDEX article_texts_search ON public.article_texts USING gin (search);

CREATE INDEX audit_trail_actor ON public.audit_trail USING btree (actor_id, at DESC, id DESC);

CREATE INDEX audit_trail_at ON public.audit_trail USING btree (at DESC, id DESC);

CREATE INDEX audit_trail_object ON public.audit_trail USING btree (object_kind, object_id, at);

CREATE INDEX deliveries_notification ON public.deliveries USING btree (notification_id);

CREATE UNIQUE INDEX deliveries_one_email ON public.deliveries USING btree (notification_id) WHERE (channel = 'email'::text);

CREATE INDEX device_events_account ON public.device_events USING btree (account_id);

CREATE INDEX device_events_device ON public.device_events USING btree (device_id, at DESC, id DESC);

CREATE INDEX devices_account ON public.devices USING btree (account_id, friendly_name, serial_number);

CREATE INDEX devices_site ON public.devices USING btree (site_id);

CREATE INDEX email_changes_expiry ON public.email_changes USING btree (expires_at);

CREATE UNIQUE INDEX email_changes_one_open ON public.email_changes USING btree (person_id) WHERE (confirmed_at IS NULL);

CREATE INDEX email_changes_person ON public.email_changes USING btree (person_id);

CREATE INDEX meter_readings_device ON public.meter_readings USING btree (device_id, taken_at DESC, id);

CREATE UNIQUE INDEX meter_readings_one_a_visit ON public.meter_readings USING btree (visit_id) WHERE ((visit_id IS NOT NULL) AND (superseded_by IS NULL));

CREATE UNIQUE INDEX meter_readings_superseded ON public.meter_readings USING btree (superseded_by) WHERE (superseded_by IS NOT NULL);

CREATE UNIQUE INDEX meter_readings_valid ON public.meter_readings USING btree (device_id, taken_at) WHERE (superseded_by IS NULL);

CREATE INDEX notifications_created ON public.notifications USING btree (created_at);

CREATE INDEX notifications_person ON public.notifications USING btree (person_id, sequence DESC);

CREATE UNIQUE INDEX notifications_sequence ON public.notifications USING btree (sequence);

CREATE INDEX notifications_subject ON public.notifications USING btree (subject_kind, subject_id, sequence) WHERE (subject_id IS NOT NULL);

CREATE INDEX operations_age ON public.operations USING btree (created_at);

CREATE INDEX operations_person ON public.operations USING btree (person_id, created_at DESC, id DESC);

CREATE INDEX passkey_ceremonies_expiry ON public.passkey_ceremonies USING btree (expires_at);

CREATE INDEX passkeys_person ON public.passkeys USING btree (person_id, created_at);

CREATE INDEX people_account ON public.people USING btree (account_id) WHERE (account_id IS NOT NULL);

CREATE INDEX people_email ON public.people USING btree (lower(email)) WHERE (email <> ''::text);

CREATE INDEX personal_data_reads_actor ON public.personal_data_reads USING btree (actor_id, at DESC, id DESC);

CREATE INDEX personal_data_reads_at ON public.personal_data_reads USING btree (at DESC, id DESC);

CREATE INDEX personal_data_reads_objects ON public.personal_data_reads USING gin (object_ids);

CREATE INDEX photos_uploaded ON public.photos USING btree (uploaded_by) WHERE (request_id IS NULL);

CREATE INDEX photos_waiting ON public.photos USING btree (created_at) WHERE (request_id IS NULL);

CREATE INDEX push_subscriptions_person ON public.push_subscriptions USING btree (person_id);

CREATE INDEX push_subscriptions_session ON public.push_subscriptions USING btree (session_id);

CREATE INDEX reading_reminders_age ON public.reading_reminders USING btree (made_at);

CREATE INDEX reading_uploads_age ON public.reading_uploads USING btree (created_at);

CREATE INDEX reading_uploads_person ON public.reading_uploads USING btree (person_id);

CREATE INDEX recoveries_age ON public.recoveries USING btree (created_at);

CREATE INDEX registration_throttle_age ON public.registration_throttle USING btree (last_failure);

CREATE INDEX registrations_device ON public.registrations USING btree (device_id) WHERE (state = 'active'::text);

CREATE INDEX registrations_of_device ON public.registrations USING btree (device_id);

CREATE INDEX registrations_pending ON public.registrations USING btree (answer_by, id) WHERE (state = 'pending'::text);

CREATE INDEX request_shares_age ON public.request_shares USING btree (expires_at);

CREATE INDEX request_shares_of_request ON public.request_shares USING btree (request_id, created_at DESC, id DESC);

CREATE INDEX service_requests_account ON public.service_requests USING btree (account_id, opened_at DESC, id);

CREATE INDEX service_requests_device ON public.service_requests USING btree (device_id, opened_at DESC);

CREATE UNIQUE INDEX service_requests_one_open ON public.service_requests USING btree (device_id) WHERE (state <> ALL (ARRAY['completed'::text, 'cancelled'::text]));

CREATE INDEX service_requests_opened ON public.service_requests USING btree (opened_at DESC, id);

CREATE INDEX service_requests_queue ON public.service_requests USING btree (COALESCE(LEAST(respond_by, resolve_by), 'infinity'::timestamp with time zone), opened_at, id) WHERE (state <> ALL (ARRAY['completed'::text, 'cancelled'::text]));

CREATE INDEX service_requests_technician ON public.service_requests USING btree (technician_id) WHERE (technician_id IS NOT NULL);

CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_person ON public.sessions USING btree (person_id, created_at DESC);

CREATE INDEX sign_ups_expiry ON public.sign_ups USING btree (expires_at) WHERE (state = ANY (ARRAY['received'::text, 'mailed'::text]));

CREATE INDEX sign_ups_listed ON public.sign_ups USING btree (state, id);

CREATE UNIQUE INDEX signing_keys_one_current ON public.signing_keys USING btree ((true)) WHERE (retired_at IS NULL);

CREATE INDEX supply_models_model ON public.supply_models USING btree (model_id);

CREATE INDEX supply_order_lines_supply ON public.supply_order_lines USING btree (supply_id);

CREATE INDEX supply_orders_account ON public.supply_orders USING btree (account_id, placed_at DESC, id);

CREATE INDEX supply_orders_device ON public.supply_orders USING btree (device_id, placed_at DESC, id);

CREATE INDEX supply_orders_open ON public.supply_orders USING btree (placed_at, id) WHERE (state = ANY (ARRAY['placed'::text, 'picked'::text]));

CREATE INDEX supply_orders_staff ON public.supply_orders USING btree (placed_at DESC, id DESC);

CREATE INDEX temporary_passwords_session ON public.temporary_passwords USING btree (session_id);

CREATE INDEX user_id_reminders_age ON public.user_id_reminders USING btree (created_at);

CREATE UNIQUE INDEX vapid_keys_one_current ON public.vapid_keys USING btree ((true)) WHERE (retired_at IS NULL);

CREATE INDEX visit_files_left ON public.visit_files USING btree (touched_at) WHERE (state <> 'stored'::text);

CREATE UNIQUE INDEX visit_files_once ON public.visit_files USING btree (visit_id, kind, digest) WHERE (state <> 'refused'::text);

CREATE UNIQUE INDEX visit_files_slot ON public.visit_files USING btree (visit_id, kind, slot) WHERE (state <> 'refused'::text);

CREATE INDEX visits_ended ON public.visits USING btree (ended_at, id) WHERE (state = ANY (ARRAY['done'::text, 'unsolved'::text, 'cancelled'::text]));

CREATE UNIQUE INDEX visits_one_live ON public.visits USING btree (request_id) WHERE (state = ANY (ARRAY['assigned'::text, 'accepted'::text, 'en_route'::text, 'on_site'::text]));

CREATE UNIQUE INDEX visits_one_under_way ON public.visits USING btree (technician_id) WHERE (state = ANY (ARRAY['en_route'::text, 'on_site'::text]));

CREATE INDEX visits_request ON public.visits USING btree (request_id, assigned_at);

CREATE INDEX visits_technician_ended ON public.visits USING btree (technician_id, ended_at);

CREATE INDEX visits_technician_live ON public.visits USING btree (technician_id) WHERE (state = ANY (ARRAY['assigned'::text, 'accepted'::text, 'en_route'::text, 'on_site'::text]));

CREATE TRIGGER address_changes_event AFTER UPDATE OF state ON public.address_changes FOR EACH ROW WHEN (((new.state = 'approved'::text) AND (old.state <> 'approved'::text))) EXECUTE FUNCTION public.address_change_event();

CREATE TRIGGER audit_trail_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_trail FOR EACH STATEMENT EXECUTE FUNCTION public.audit_append_only();

CREATE TRIGGER devices_account_since BEFORE UPDATE OF account_id ON public.devices FOR EACH ROW WHEN ((old.account_id IS DISTINCT FROM new.account_id)) EXECUTE FUNCTION public.devices_account_since();

CREATE TRIGGER devices_event AFTER UPDATE OF site_id, contract_id, retired_at ON public.devices FOR EACH ROW EXECUTE FUNCTION public.device_event();

CREATE TRIGGER people_last_admin AFTER UPDATE OF role, disabled_at ON public.people FOR EACH ROW WHEN (((old.role = 'admin'::text) AND (old.disabled_at IS NULL) AND ((new.role <> 'admin'::text) OR (new.disabled_at IS NOT NULL)))) EXECUTE FUNCTION public.people_keep_an_admin();

CREATE TRIGGER people_last_admin_delete AFTER DELETE ON public.people FOR EACH ROW WHEN (((old.role = 'admin'::text) AND (old.disabled_at IS NULL))) EXECUTE FUNCTION public.people_keep_an_admin();

CREATE TRIGGER personal_data_reads_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.personal_data_reads FOR EACH STATEMENT EXECUTE FUNCTION public.audit_append_only();

CREATE TRIGGER request_shares_step BEFORE UPDATE ON public.request_shares FOR EACH ROW EXECUTE FUNCTION public.request_share_step();

CREATE TRIGGER service_requests_device BEFORE INSERT ON public.service_requests FOR EACH ROW EXECUTE FUNCTION public.of_device_in_use();

CREATE TRIGGER service_requests_step BEFORE INSERT OR UPDATE ON public.service_requests FOR EACH ROW EXECUTE FUNCTION public.service_request_step();

CREATE TRIGGER sessions_end_push AFTER UPDATE OF revoked_at ON public.sessions FOR EACH ROW WHEN (((old.revoked_at IS NULL) AND (new.revoked_at IS NOT NULL))) EXECUTE FUNCTION public.push_subscriptions_of_ended_session();

CREATE TRIGGER sites_event AFTER UPDATE OF line1, line2, line3, postal_code, city ON public.sites FOR EACH ROW WHEN ((((((old.line1 IS DISTINCT FROM new.line1) OR (old.line2 IS DISTINCT FROM new.line2)) OR (old.line3 IS DISTINCT FROM new.line3)) OR (old.postal_code IS DISTINCT FROM new.postal_code)) OR (old.city IS DISTINCT FROM new.city))) EXECUTE FUNCTION public.site_event();

CREATE TRIGGER supply_order_lines_placed BEFORE INSERT OR DELETE OR UPDATE ON public.supply_order_lines FOR EACH ROW EXECUTE FUNCTION public.supply_order_lines_change();

CREATE TRIGGER supply_orders_device BEFORE INSERT ON public.supply_orders FOR EACH ROW EXECUTE FUNCTION public.of_device_in_use();

CREATE TRIGGER supply_orders_step BEFORE INSERT OR UPDATE ON public.supply_orders FOR EACH ROW EXECUTE FUNCTION public.supply_order_step();

ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.service_requests(id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_device_id_fkey FOREIGN KEY (device_id) REFERENCES public.devices(id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.service_requests(id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.address_changes
    ADD CONSTRAINT address_changes_site_id_fkey FOREIGN KEY (site_id) REFERENCES public.sites(id);

ALTER TABLE ONLY public.article_models
    ADD CONSTRAINT article_models_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.article_models
    ADD CONSTRAINT article_models_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.article_texts
    ADD CONSTRAINT article_texts_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.articles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES public.notifications(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.delivery_addresses
    ADD CONSTRAINT delivery_addresses_device_id_fkey FOREIGN KEY (device_id) REFERENCES public.devices(id);

ALTER TABLE ONLY public.device_events
    ADD CONSTRAINT device_events_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.device_events
    ADD CONSTRAINT device_events_device_id_fkey FOREIGN KEY (device_id) REFERENCES public.devices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_contract_id_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_site_id_fkey FOREIGN KEY (site_id) REFERENCES public.sites(id);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.mail_preferences
    ADD CONSTRAINT mail_preferences_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.meter_readings
    ADD CONSTRAINT meter_readings_device_id_fkey FOREIGN KEY (device_id) REFERENCES public.devices(id);

ALTER TABLE ONLY public.meter_readings
    ADD CONSTRAINT meter_readings_superseded_by_fkey FOREIGN KEY (superseded_by) REFERENCES public.meter_readings(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.meter_readings
    ADD CONSTRAINT meter_readings_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES public.visits(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkey_ceremonies
    ADD CONSTRAINT passkey_ceremonies_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passkeys
    ADD CONSTRAINT passkeys_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES public.technicians(id);

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.service_requests(id);

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_vapid_key_id_fkey FOREIGN KEY (vapid_key_id) REFERENCES public.vapid_keys(id);

ALTER TABLE ONLY public.reading_reminders
    ADD CONSTRAINT reading_reminders_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reading_upload_pieces
    ADD CONSTRAINT reading_upload_pieces_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES public.reading_uploads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reading_upload_rows
    ADD CONSTRAINT reading_upload_rows_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES public.reading_uploads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reading_uploads
    ADD CONSTRAINT reading_uploads_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.reading_uploads
    ADD CONSTRAINT reading_uploads_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recoveries
    ADD CONSTRAINT recoveries_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_device_id_fkey FOREIGN KEY (device_id) REFERENCES public.devices(id);

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_shares
    ADD CONSTRAINT request_shares_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.service_requests(id);

ALTER TABLE ONLY public.security_answers
    ADD CONSTRAINT security_answers_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_requests
    ADD CONSTRAINT service_requests_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES public.technicians(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.sign_ups
    ADD CONSTRAINT sign_ups_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.sites
    ADD CONSTRAINT sites_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.supply_models
    ADD CONSTRAINT supply_models_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.models(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.supply_models
    ADD CONSTRAINT supply_models_supply_id_fkey FOREIGN KEY (supply_id) REFERENCES public.supplies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.supply_order_lines
    ADD CONSTRAINT supply_order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.supply_orders(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.supply_order_lines
    ADD CONSTRAINT supply_order_lines_supply_id_fkey FOREIGN KEY (supply_id) REFERENCES public.supplies(id);

ALTER TABLE ONLY public.supply_orders
    ADD CONSTRAINT supply_orders_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.supply_orders
    ADD CONSTRAINT supply_orders_device_id_fkey FOREIGN KEY (device_id) REFERENCES public.devices(id);

ALTER TABLE ONLY public.supply_orders
    ADD CONSTRAINT supply_orders_ordered_by_fkey FOREIGN KEY (ordered_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.technician_positions
    ADD CONSTRAINT technician_positions_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES public.technicians(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.temporary_passwords
    ADD CONSTRAINT temporary_passwords_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.temporary_passwords
    ADD CONSTRAINT temporary_passwords_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.van_stock
    ADD CONSTRAINT van_stock_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES public.technicians(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.visit_file_pieces
    ADD CONSTRAINT visit_file_pieces_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.visit_files(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.visit_files
    ADD CONSTRAINT visit_files_visit_id_fkey FOREIGN KEY (visit_id) REFERENCES public.visits(id);

ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.service_requests(id);

ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES public.technicians(id);
