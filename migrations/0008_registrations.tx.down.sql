DROP TABLE address_changes;
DROP TABLE delivery_addresses;
DROP TABLE registration_throttle;
DROP TABLE registrations;
