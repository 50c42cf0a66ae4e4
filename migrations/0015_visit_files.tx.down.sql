DROP TABLE visit_file_pieces;
DROP TABLE visit_files;
ALTER TABLE visits DROP COLUMN signed_by;
