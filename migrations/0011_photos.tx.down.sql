DROP TABLE photos;
DROP TABLE blobs;
