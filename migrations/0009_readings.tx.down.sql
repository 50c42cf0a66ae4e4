DROP TABLE signing_keys;
DROP TABLE reading_reminders;
DROP TABLE reading_upload_rows;
DROP TABLE reading_upload_pieces;
DROP TABLE reading_uploads;
DROP TABLE meter_readings;
DROP TABLE country_settings;
ALTER TABLE contracts DROP COLUMN reading_months;
ALTER TABLE models DROP COLUMN pages_per_minute, DROP COLUMN counters;
