package identity

import (
	"context"
	"fmt"
	"time"
)

// How long what is done with stays, for whoever asks what happened.
const (
	takenKept   = 24 * time.Hour
	decidedKept = 90 * 24 * time.Hour
)

// Purge removes what counts no more: sessions that have been over for 30 days, failures of sign-in, temporary
// passwords and links past their time, challenges nobody answered, recoveries and reminders after a day,
// sign-ups that nobody confirmed, and those that were decided 90 days ago. A job runs it now and then; how often
// makes no difference to anyone.
func (s *Service) Purge(ctx context.Context) error {
	now := s.db.Now()
	for _, p := range []struct {
		what, query string
		args        []any
	}{
		{"temporary passwords", `DELETE FROM temporary_passwords t WHERE expires_at < ?0 AND (used_at IS NULL OR NOT EXISTS
			(SELECT 1 FROM sessions s WHERE s.id = t.session_id AND s.revoked_at IS NULL AND s.expires_at > ?0))`, []any{now}},
		{"sessions", "DELETE FROM sessions WHERE expires_at < ?0 OR revoked_at < ?0", []any{now.Add(-endedKept)}},
		{"failures", "DELETE FROM sign_in_throttle WHERE last_failure < ? AND blocked_until <= ?",
			[]any{now.Add(-max(userGuard.forget, addressGuard.forget, recoveryGuard.forget, mailGuard.forget)), now}},
		{"challenges", "DELETE FROM passkey_ceremonies WHERE expires_at < ?", []any{now}},
		{"recoveries", "DELETE FROM recoveries WHERE created_at < ?", []any{now.Add(-takenKept)}},
		{"reminders", "DELETE FROM user_id_reminders WHERE created_at < ?", []any{now.Add(-takenKept)}},
		{"wanted addresses", "DELETE FROM email_changes WHERE expires_at < ?", []any{now}},
		{"sign-ups", "DELETE FROM sign_ups WHERE state IN ('received', 'mailed') AND expires_at < ? OR decided_at < ?",
			[]any{now, now.Add(-decidedKept)}},
	} {
		if _, err := s.db.NewRaw(p.query, p.args...).Exec(ctx); err != nil {
			return fmt.Errorf("identity: removing old %s: %w", p.what, err)
		}
	}
	return nil
}
