-- What ended since a time, of all technicians, page by page: each technician's day on the board.
CREATE INDEX visits_ended ON visits (ended_at, id) WHERE state IN ('done', 'unsolved', 'cancelled');
