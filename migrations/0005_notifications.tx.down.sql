DROP TRIGGER sessions_end_push ON sessions;
DROP FUNCTION push_subscriptions_of_ended_session();
DROP TABLE deliveries;
DROP TABLE notifications;
DROP TABLE push_subscriptions;
DROP TABLE vapid_keys;
