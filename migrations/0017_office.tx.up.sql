-- What the office decides: which articles customers have, and who of the staff is told of new requests.

-- An article that staff have withdrawn: customers and technicians have it no more, staff keep it.
ALTER TABLE articles ADD COLUMN withdrawn_at timestamptz;

-- New requests are told by push alone; they are a class of their own, so that work in general stays as it is.
ALTER TABLE mail_preferences DROP CONSTRAINT mail_preferences_class_check;
ALTER TABLE mail_preferences ADD CONSTRAINT mail_preferences_class_check
    CHECK (class IN ('requests', 'orders', 'readings', 'registrations', 'work', 'new_requests'));
