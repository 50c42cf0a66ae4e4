-- Web push and e-mail: keys, subscriptions, and the ledger of what was sent and what became of it.
CREATE TABLE vapid_keys (
    id          uuid PRIMARY KEY,
    public_key  text NOT NULL UNIQUE,
    private_key text NOT NULL,
    created_at  timestamptz NOT NULL,
    -- Since then browsers are given a newer key; those that subscribed with this one are asked to renew, and
    -- get their messages signed with it until they do.
    retired_at  timestamptz
);
CREATE UNIQUE INDEX vapid_keys_one_current ON vapid_keys ((true)) WHERE retired_at IS NULL;

CREATE TABLE push_subscriptions (
    id                uuid PRIMARY KEY,
    person_id         uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    endpoint          text NOT NULL UNIQUE,
    p256dh            text NOT NULL,
    auth              text NOT NULL,
    vapid_key_id      uuid NOT NULL REFERENCES vapid_keys (id),
    -- The session it was made or last confirmed in; NULL when that is no longer known.
    session_id        uuid REFERENCES sessions (id) ON DELETE SET NULL,
    label             text NOT NULL DEFAULT '',
    created_at        timestamptz NOT NULL,
    last_delivered_at timestamptz,
    -- Attempts in a row that did not get through.
    failures          integer NOT NULL DEFAULT 0
);
CREATE INDEX push_subscriptions_person ON push_subscriptions (person_id);
CREATE INDEX push_subscriptions_session ON push_subscriptions (session_id);

-- A session that is ended (a lost laptop, a changed password, a person disabled) takes its browser's messages with it. One
-- that only ran out does not: who turned push on wants it while no page is open.
CREATE FUNCTION push_subscriptions_of_ended_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM push_subscriptions WHERE session_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER sessions_end_push AFTER UPDATE OF revoked_at ON sessions FOR EACH ROW
    WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
    EXECUTE FUNCTION push_subscriptions_of_ended_session();

CREATE TABLE notifications (
    id             uuid PRIMARY KEY,
    -- The order in which they were written. Times cannot tell it: they are read before a change waits for
    -- its lock, and by the clocks of several servers.
    sequence       bigint GENERATED ALWAYS AS IDENTITY,
    person_id      uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kind           text NOT NULL,
    -- What it is about: 'request' and its id; absent for a test message.
    subject_kind   text NOT NULL DEFAULT '',
    subject_id     uuid,
    request_number text NOT NULL DEFAULT '',
    language       text NOT NULL,
    title          text NOT NULL,
    body           text NOT NULL,
    url            text NOT NULL,
    created_at     timestamptz NOT NULL
);
CREATE INDEX notifications_person ON notifications (person_id, sequence DESC);
CREATE INDEX notifications_subject ON notifications (subject_kind, subject_id, sequence) WHERE subject_id IS NOT NULL;
-- For throwing away what is old.
CREATE INDEX notifications_created ON notifications (created_at);

CREATE TABLE deliveries (
    id              uuid PRIMARY KEY,
    notification_id uuid NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    channel         text NOT NULL CHECK (channel IN ('push', 'email')),
    -- Not a foreign key: the ledger outlives the subscription.
    subscription_id uuid,
    recipient       text NOT NULL,
    state           text NOT NULL CHECK (state IN ('queued', 'sent', 'retrying', 'failed', 'gone', 'superseded')),
    attempts        integer NOT NULL DEFAULT 0,
    last_status     integer NOT NULL DEFAULT 0,
    last_error      text NOT NULL DEFAULT '',
    updated_at      timestamptz NOT NULL,
    CONSTRAINT deliveries_subscription CHECK ((channel = 'push') = (subscription_id IS NOT NULL))
);
CREATE INDEX deliveries_notification ON deliveries (notification_id);
-- A message goes out by e-mail once.
CREATE UNIQUE INDEX deliveries_one_email ON deliveries (notification_id) WHERE channel = 'email';
