DROP TABLE postal_codes;
DROP TABLE devices;
DROP TABLE contracts;
DROP TABLE models;
DROP TABLE sites;
DROP TABLE accounts;
