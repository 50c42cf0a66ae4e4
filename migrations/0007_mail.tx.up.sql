-- Mail beside push: to people, and to addresses that belong to nobody yet; what people do not want by mail; addresses
-- that mail servers refuse.

-- A message to an address that is no person's (a sign-up, the backup address of a reminder) has no person.
ALTER TABLE notifications ALTER COLUMN person_id DROP NOT NULL;
-- What the mail says beyond title and body: {"params": {…}, "lines": [{"label", "value"}]}. Never a secret.
ALTER TABLE notifications ADD COLUMN mail jsonb;
-- Staff look through all of them, the newest first.
CREATE UNIQUE INDEX notifications_sequence ON notifications (sequence);

-- withheld: nothing was sent because it was not to be, such as mail that the person turned off.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_state_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check
    CHECK (state IN ('queued', 'sent', 'retrying', 'failed', 'gone', 'superseded', 'withheld'));
-- Where a mail goes that has no person, for as long as it is to be sent; what is kept is recipient, masked.
ALTER TABLE deliveries ADD COLUMN address text;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_address_while_open
    CHECK (address IS NULL OR (channel = 'email' AND state IN ('queued', 'retrying')));

-- A row says that the person wants no mail of the class. There is none for 'security', which everybody gets.
CREATE TABLE mail_preferences (
    person_id uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    class     text NOT NULL CHECK (class IN ('requests', 'orders', 'readings', 'registrations', 'work')),
    off_at    timestamptz NOT NULL,
    PRIMARY KEY (person_id, class)
);

-- What is known of an address: refusals in a row, after some of which nothing more is sent there, and what whoever reads
-- its mail turned off without being a person here.
CREATE TABLE mail_addresses (
    -- SHA-256 of the address in lower case.
    address_hash bytea PRIMARY KEY CHECK (length(address_hash) = 32),
    refusals     integer NOT NULL DEFAULT 0 CHECK (refusals >= 0),
    off          text[] NOT NULL DEFAULT '{}',
    updated_at   timestamptz NOT NULL
);

-- The key that signs the links for turning mail off. One row.
CREATE TABLE mail_signing_key (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret bytea NOT NULL CHECK (length(secret) = 32)
);
