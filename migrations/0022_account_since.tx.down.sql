DROP TRIGGER devices_account_since ON devices;
DROP FUNCTION devices_account_since();
ALTER TABLE devices DROP COLUMN account_since;
