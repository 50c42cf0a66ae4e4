DROP TABLE position_history;
DROP TABLE technician_positions;
