-- Photos of faults, and the contents of what is kept in the database.

-- Contents of some megabytes under random ids, where no object store is used for them. Rows are written once.
CREATE TABLE blobs (
    id        uuid PRIMARY KEY,
    content   bytea NOT NULL,
    -- SHA-256 of content.
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    stored_at timestamptz NOT NULL
);
-- Uncompressed: photos are compressed already, and slices can be read without the rest.
ALTER TABLE blobs ALTER COLUMN content SET STORAGE EXTERNAL;

-- A photo as it is served: whatever was uploaded, made anew without anything that came along. It belongs to whoever
-- uploaded it until it is attached to a request, and then to the request.
CREATE TABLE photos (
    id           uuid PRIMARY KEY,
    uploaded_by  uuid NOT NULL,
    -- SHA-256 of what was uploaded: the same photo is attached to a request once.
    digest       bytea NOT NULL CHECK (length(digest) = 32),
    content_type text NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png')),
    width        integer NOT NULL CHECK (width > 0),
    height       integer NOT NULL CHECK (height > 0),
    size         bigint NOT NULL CHECK (size > 0),
    -- Where the contents are: the photo, and a JPEG of at most 480 pixels.
    content_id   uuid NOT NULL UNIQUE,
    thumbnail_id uuid NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL,
    request_id   uuid REFERENCES service_requests (id),
    -- The place among the request's photos.
    position     integer CHECK (position BETWEEN 1 AND 100),
    attached_at  timestamptz,
    CONSTRAINT photos_attached CHECK ((request_id IS NULL) = (position IS NULL) AND (request_id IS NULL) = (attached_at IS NULL)),
    CONSTRAINT photos_position UNIQUE (request_id, position),
    CONSTRAINT photos_once UNIQUE (request_id, digest)
);
CREATE INDEX photos_waiting ON photos (created_at) WHERE request_id IS NULL;
CREATE INDEX photos_uploaded ON photos (uploaded_by) WHERE request_id IS NULL;

-- What can be wrong with a device of a model, as people are asked: no finishing without a finisher. Anything can be otherwise
-- wrong.
ALTER TABLE models
    ADD COLUMN categories text[] NOT NULL
        DEFAULT '{paper_jam,print_quality,not_printing,error_code,noise,scanning,network,finishing,other}'
        CHECK ('other' = ANY (categories) AND categories <@
            '{paper_jam,print_quality,not_printing,error_code,noise,scanning,network,finishing,other}'::text[]);
