DROP TABLE deliveries;
DROP TABLE notifications;
DROP TABLE push_subscriptions;
DROP TABLE vapid_keys;
