DROP TRIGGER address_changes_event ON address_changes;
DROP FUNCTION address_change_event();
DROP TRIGGER sites_event ON sites;
DROP TRIGGER devices_event ON devices;
DROP FUNCTION site_event();
DROP FUNCTION device_event();
DROP TABLE device_events;
DROP FUNCTION address_line(text, text, text, text, text);
