-- Accounts of people: what they edit themselves, ways back in, sign-up, and passkeys.
ALTER TABLE people
    ADD COLUMN title text NOT NULL DEFAULT '',
    -- Since when the person has a password of their own choice; NULL until they were let in with one.
    ADD COLUMN activated_at timestamptz,
    -- A hash from elsewhere opens the door to choosing a new password and to nothing more.
    ADD CONSTRAINT people_old_hash CHECK (password_hash IS NULL OR password_hash LIKE '$argon2id$%' OR must_change_password);
UPDATE people SET activated_at = created_at WHERE password_hash IS NOT NULL AND NOT must_change_password;
-- Whose is this address, for a forgotten user ID.
CREATE INDEX people_email ON people (lower(email)) WHERE email <> '';

-- What the session was begun with.
ALTER TABLE sessions
    ADD COLUMN method text NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'temporary_password', 'passkey'));

-- Keys that all servers share, made by the first that needs one.
CREATE TABLE identity_keys (
    name       text PRIMARY KEY,
    key        bytea NOT NULL CHECK (length(key) = 32),
    created_at timestamptz NOT NULL
);

-- Two security questions and the argon2id hashes of their answers.
CREATE TABLE security_answers (
    person_id   uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    position    smallint NOT NULL CHECK (position IN (1, 2)),
    question    text NOT NULL CHECK (question <> ''),
    answer_hash text NOT NULL CHECK (answer_hash LIKE '$argon2id$%'),
    PRIMARY KEY (person_id, position),
    UNIQUE (person_id, question)
);

-- Each answered recovery, right or wrong, of somebody or nobody: they leave the same trace.
CREATE TABLE recoveries (
    id         uuid PRIMARY KEY,
    -- Whose answers were right; NULL otherwise.
    person_id  uuid REFERENCES people (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    -- When it was dealt with: a mail was queued, or nothing was to be done.
    done_at    timestamptz
);
CREATE INDEX recoveries_age ON recoveries (created_at);

-- The one temporary password that a person may have.
CREATE TABLE temporary_passwords (
    person_id   uuid PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    -- The recovery it answers: its mail sent twice replaces it, an older one's does not.
    recovery_id uuid NOT NULL,
    -- SHA-256: the password is random and long.
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    expires_at  timestamptz NOT NULL,
    -- The session it was used for; in that one it still counts as the current password.
    session_id  uuid REFERENCES sessions (id) ON DELETE CASCADE,
    used_at     timestamptz,
    CONSTRAINT temporary_passwords_used CHECK ((session_id IS NULL) OR (used_at IS NOT NULL))
);
CREATE INDEX temporary_passwords_session ON temporary_passwords (session_id);

-- Questions for a forgotten user ID, until they are answered by mail.
CREATE TABLE user_id_reminders (
    id         uuid PRIMARY KEY,
    first_name text NOT NULL,
    last_name  text NOT NULL,
    email      text NOT NULL,
    created_at timestamptz NOT NULL,
    done_at    timestamptz
);
CREATE INDEX user_id_reminders_age ON user_id_reminders (created_at);

-- An address that somebody wants, until it is confirmed from there.
CREATE TABLE email_changes (
    id           uuid PRIMARY KEY,
    person_id    uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    email        text NOT NULL CHECK (email <> ''),
    -- SHA-256 of the link's token; NULL until the mail is sent.
    token_hash   bytea UNIQUE CHECK (length(token_hash) = 32),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    confirmed_at timestamptz
);
CREATE UNIQUE INDEX email_changes_one_open ON email_changes (person_id) WHERE confirmed_at IS NULL;
CREATE INDEX email_changes_person ON email_changes (person_id);
CREATE INDEX email_changes_expiry ON email_changes (expires_at);

-- People who want to become customers' users.
CREATE TABLE sign_ups (
    id               uuid PRIMARY KEY,
    state            text NOT NULL CHECK (state IN ('received', 'mailed', 'confirmed', 'approved', 'refused')),
    account_number   text NOT NULL,
    postal_code      text NOT NULL,
    -- The account that both fit; NULL until that was looked up.
    account_id       uuid REFERENCES accounts (id),
    first_name       text NOT NULL,
    last_name        text NOT NULL,
    title            text NOT NULL,
    email            text NOT NULL CHECK (email <> ''),
    phone            text NOT NULL,
    language         text NOT NULL CHECK (language IN ('nb', 'en')),
    -- Emptied when it was decided.
    password_hash    text,
    question1        text NOT NULL,
    answer1_hash     text,
    question2        text NOT NULL,
    answer2_hash     text,
    token_hash       bytea UNIQUE CHECK (length(token_hash) = 32),
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    confirmed_at     timestamptz,
    decided_at       timestamptz,
    decided_by       uuid REFERENCES people (id),
    reason           text NOT NULL DEFAULT '',
    person_id        uuid UNIQUE REFERENCES people (id),
    CONSTRAINT sign_ups_account CHECK (state = 'received' OR account_id IS NOT NULL),
    CONSTRAINT sign_ups_confirmed CHECK ((state IN ('confirmed', 'approved', 'refused')) = (confirmed_at IS NOT NULL)),
    CONSTRAINT sign_ups_decided CHECK ((state IN ('approved', 'refused')) = (decided_at IS NOT NULL)
        AND (decided_at IS NULL) = (decided_by IS NULL)
        AND (decided_at IS NULL OR num_nonnulls(password_hash, answer1_hash, answer2_hash) = 0)),
    CONSTRAINT sign_ups_approved CHECK ((state = 'approved') = (person_id IS NOT NULL)),
    CONSTRAINT sign_ups_refused CHECK ((state = 'refused') = (reason <> '')),
    CONSTRAINT sign_ups_questions CHECK (question1 <> question2)
);
CREATE INDEX sign_ups_listed ON sign_ups (state, id);
CREATE INDEX sign_ups_expiry ON sign_ups (expires_at) WHERE state IN ('received', 'mailed');

CREATE TABLE passkeys (
    id            uuid PRIMARY KEY,
    person_id     uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE,
    -- The WebAuthn credential record: public key, flags, and how often it signed.
    credential    jsonb NOT NULL,
    name          text NOT NULL CHECK (name <> ''),
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz
);
CREATE INDEX passkeys_person ON passkeys (person_id, created_at);

-- Challenges that were given out and not answered yet, for whichever server gets the answer.
CREATE TABLE passkey_ceremonies (
    id         uuid PRIMARY KEY,
    -- Who registers; NULL for a sign-in.
    person_id  uuid REFERENCES people (id) ON DELETE CASCADE,
    session    jsonb NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_ceremonies_expiry ON passkey_ceremonies (expires_at);
