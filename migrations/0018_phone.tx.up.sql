-- What a technician must know to get in: "entrance at the back, key at reception". For staff and technicians only.
ALTER TABLE sites ADD COLUMN notes text NOT NULL DEFAULT '' CHECK (char_length(notes) <= 2000);

-- A person's own operations, the newest first: what their phone shows of what happened to them.
CREATE INDEX operations_person ON operations (person_id, created_at DESC, id DESC);
