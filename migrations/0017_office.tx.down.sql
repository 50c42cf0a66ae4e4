DELETE FROM mail_preferences WHERE class = 'new_requests';
ALTER TABLE mail_preferences DROP CONSTRAINT mail_preferences_class_check;
ALTER TABLE mail_preferences ADD CONSTRAINT mail_preferences_class_check
    CHECK (class IN ('requests', 'orders', 'readings', 'registrations', 'work'));
ALTER TABLE articles DROP COLUMN withdrawn_at;
