-- A file of readings is booked in batches: rows whose reading is in the books while the rest of the file is still on its way there.
ALTER TABLE reading_upload_rows ADD COLUMN booked boolean NOT NULL DEFAULT false;
