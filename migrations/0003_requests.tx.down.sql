DROP TABLE audit_trail;
DROP TABLE operations;
DROP TABLE activities;
DROP TABLE visits;
DROP TABLE service_requests;
DROP FUNCTION service_request_step();
DROP SEQUENCE service_request_number;
