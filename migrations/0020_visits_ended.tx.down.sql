DROP INDEX visits_ended;
