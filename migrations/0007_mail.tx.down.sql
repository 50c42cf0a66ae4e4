DROP TABLE mail_signing_key;
DROP TABLE mail_addresses;
DROP TABLE mail_preferences;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_address_while_open;
ALTER TABLE deliveries DROP COLUMN address;
DELETE FROM deliveries WHERE state = 'withheld';
ALTER TABLE deliveries DROP CONSTRAINT deliveries_state_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check
    CHECK (state IN ('queued', 'sent', 'retrying', 'failed', 'gone', 'superseded'));
DROP INDEX notifications_sequence;
ALTER TABLE notifications DROP COLUMN mail;
DELETE FROM notifications WHERE person_id IS NULL;
ALTER TABLE notifications ALTER COLUMN person_id SET NOT NULL;
