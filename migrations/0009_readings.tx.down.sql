DROP TABLE meter_readings;
DROP TABLE country_settings;
ALTER TABLE contracts DROP COLUMN reading_months;
ALTER TABLE models DROP COLUMN pages_per_minute, DROP COLUMN counters;
