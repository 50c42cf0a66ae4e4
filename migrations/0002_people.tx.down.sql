DROP TABLE sign_in_throttle;
DROP TABLE sessions;
DROP TABLE people;
DROP TABLE van_stock;
DROP TABLE technicians;
