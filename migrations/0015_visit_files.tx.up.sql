-- Who signed at a visit, and the pictures that technicians make there: on their way in pieces, then kept.
ALTER TABLE visits ADD COLUMN signed_by text NOT NULL DEFAULT '';

CREATE TABLE visit_files (
    id            uuid PRIMARY KEY,
    visit_id      uuid NOT NULL REFERENCES visits (id),
    kind          text NOT NULL CHECK (kind IN ('photo', 'signature')),
    state         text NOT NULL CHECK (state IN ('receiving', 'stored', 'refused')),
    -- The place among the visit's photos; a signature has the first. Nobody has more than there are places.
    slot          integer NOT NULL CHECK (slot BETWEEN 1 AND CASE kind WHEN 'signature' THEN 1 ELSE 12 END),
    -- What was announced, in bytes and as SHA-256, and how much of it has arrived.
    announced     bigint NOT NULL CHECK (announced > 0),
    digest        bytea NOT NULL CHECK (length(digest) = 32),
    received      bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND announced),
    -- Why it was refused.
    refusal       text NOT NULL DEFAULT '',
    started_at    timestamptz NOT NULL,
    -- When a piece last arrived, or what became of it was known.
    touched_at    timestamptz NOT NULL,
    -- What was made of it, as table photos has it.
    content_type  text CHECK (content_type IN ('image/jpeg', 'image/png')),
    width         integer CHECK (width > 0),
    height        integer CHECK (height > 0),
    size          bigint CHECK (size > 0),
    content_id    uuid UNIQUE,
    thumbnail_id  uuid UNIQUE,
    stored_at     timestamptz,
    CONSTRAINT visit_files_stored CHECK (
        CASE state WHEN 'stored' THEN received = announced
            AND num_nonnulls(content_type, width, height, size, content_id, thumbnail_id, stored_at) = 7
        ELSE num_nonnulls(content_type, width, height, size, content_id, thumbnail_id, stored_at) = 0 END),
    CONSTRAINT visit_files_refused CHECK ((state = 'refused') = (refusal <> ''))
);
-- One file in a place, and each content once.
CREATE UNIQUE INDEX visit_files_slot ON visit_files (visit_id, kind, slot) WHERE state <> 'refused';
CREATE UNIQUE INDEX visit_files_once ON visit_files (visit_id, kind, digest) WHERE state <> 'refused';
CREATE INDEX visit_files_left ON visit_files (touched_at) WHERE state <> 'stored';

-- The pieces of files on their way; gone when the file is whole.
CREATE TABLE visit_file_pieces (
    file_id uuid NOT NULL REFERENCES visit_files (id) ON DELETE CASCADE,
    -- Where the piece begins, in bytes.
    place   bigint NOT NULL CHECK (place >= 0),
    content bytea NOT NULL CHECK (length(content) > 0),
    PRIMARY KEY (file_id, place)
);
ALTER TABLE visit_file_pieces ALTER COLUMN content SET STORAGE EXTERNAL;
