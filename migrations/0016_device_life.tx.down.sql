ALTER TABLE reading_upload_rows DROP COLUMN unread;
DROP INDEX registrations_of_device;
DROP INDEX address_changes_device;
DROP INDEX address_changes_site;
