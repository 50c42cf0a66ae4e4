-- The whole life of a device in one thread, and rows of a file of readings that are corrected in place.

-- By device and by site, whoever asks: both were found through a person or an account alone.
CREATE INDEX address_changes_site ON address_changes (site_id, requested_at DESC);
CREATE INDEX address_changes_device ON address_changes (device_id, requested_at DESC);
CREATE INDEX registrations_of_device ON registrations (device_id);

-- Cells of the row could not be read, or its device is not known: it waits for being corrected, whatever else of it is known.
ALTER TABLE reading_upload_rows ADD COLUMN unread boolean NOT NULL DEFAULT false;
