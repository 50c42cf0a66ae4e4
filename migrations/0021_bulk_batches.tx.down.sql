ALTER TABLE reading_upload_rows DROP COLUMN booked;
