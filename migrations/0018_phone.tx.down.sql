DROP INDEX operations_person;
ALTER TABLE sites DROP COLUMN notes;
