ALTER TABLE models DROP COLUMN categories;
DROP TABLE photos;
DROP TABLE blobs;
