package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// work is one delivery with all that is needed to make it.
type work struct {
	ID             uuid.UUID `bun:"id,type:uuid"`
	NotificationID uuid.UUID `bun:"notification_id,type:uuid"`
	SubscriptionID uuid.UUID `bun:"subscription_id,type:uuid,nullzero"`
	State          State     `bun:"state"`
	Attempts       int       `bun:"attempts"`

	Sequence int64 `bun:"sequence"`
	// PersonID is uuid.Nil for a mail to an address.
	PersonID      uuid.UUID `bun:"person_id,type:uuid,nullzero"`
	Kind          Kind      `bun:"kind"`
	SubjectKind   string    `bun:"subject_kind"`
	SubjectID     uuid.UUID `bun:"subject_id,type:uuid,nullzero"`
	RequestNumber string    `bun:"request_number"`
	Language      string    `bun:"language"`
	Title         string    `bun:"title"`
	Body          string    `bun:"body"`
	URL           string    `bun:"url"`
	CreatedAt     time.Time `bun:"created_at"`
	Mail          *mailPart `bun:"mail,type:jsonb"`

	// Email is the person's address now, or where else the mail goes.
	Email    string `bun:"email"`
	Disabled bool   `bun:"disabled"`
	// AddressHash is the key of Email in mail_addresses.
	AddressHash []byte `bun:"address_hash"`
	// Off are the classes that the person, or the reader of the address, wants no mail of.
	Off []string `bun:"off,array"`
	// Paused: mail servers refused the address too often.
	Paused bool `bun:"paused"`

	// The subscription and the key it was made with; all empty when it is gone.
	Endpoint   string    `bun:"endpoint"`
	P256dh     string    `bun:"p256dh"`
	Auth       string    `bun:"auth"`
	KeyID      uuid.UUID `bun:"key_id,type:uuid,nullzero"`
	PublicKey  string    `bun:"public_key"`
	PrivateKey string    `bun:"private_key"`

	// A newer message about the same thing, on the same subscription, was sent, or waits to be.
	NewerSent bool `bun:"newer_sent"`
	NewerOpen bool `bun:"newer_open"`
}

// load reads a delivery; false when it has been cleared away. The subscription must still be the same
// person's: an endpoint that somebody else took over on a shared computer is not theirs to read.
func (s *Service) load(ctx context.Context, id uuid.UUID) (w work, found bool, err error) {
	err = s.db.NewRaw(`SELECT d.id, d.notification_id, d.subscription_id, d.state, d.attempts,
			n.sequence, n.person_id, n.kind, n.subject_kind, n.subject_id, n.request_number, n.language,
			n.title, n.body, n.url, n.created_at, n.mail,
			COALESCE(a.email, '') AS email, `+addressHash("COALESCE(a.email, '')")+` AS address_hash,
			 COALESCE(p.disabled_at IS NOT NULL, false) AS disabled,
			CASE WHEN p.id IS NULL THEN COALESCE(known.off, '{}')
				ELSE ARRAY(SELECT o.class FROM mail_preferences o WHERE o.person_id = p.id) END AS off,
			COALESCE(known.refusals >= ?, false) AS paused,
			COALESCE(s.endpoint, '') AS endpoint, COALESCE(s.p256dh, '') AS p256dh, COALESCE(s.auth, '') AS auth,
			k.id AS key_id, COALESCE(k.public_key, '') AS public_key, COALESCE(k.private_key, '') AS private_key,
			COALESCE(newer.sent, false) AS newer_sent, COALESCE(newer.open, false) AS newer_open
		FROM deliveries d
		JOIN notifications n ON n.id = d.notification_id
		LEFT JOIN people p ON p.id = n.person_id
		CROSS JOIN LATERAL (SELECT COALESCE(d.address, p.email) AS email) a
		LEFT JOIN mail_addresses known ON d.channel = 'email' AND known.address_hash = `+addressHash("a.email")+`
		LEFT JOIN push_subscriptions s ON s.id = d.subscription_id AND s.person_id = n.person_id
		LEFT JOIN vapid_keys k ON k.id = s.vapid_key_id
		LEFT JOIN LATERAL (
			SELECT bool_or(d2.state = 'sent') AS sent, bool_or(d2.state IN ('queued', 'retrying')) AS open
			FROM notifications n2 JOIN deliveries d2 ON d2.notification_id = n2.id
			WHERE n2.subject_id IS NOT NULL
				AND n2.subject_kind = n.subject_kind AND n2.subject_id = n.subject_id AND n2.sequence > n.sequence
				AND d2.subscription_id = d.subscription_id
		) newer ON true
		WHERE d.id = ?`, maxRefusals, id).Scan(ctx, &w)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return work{}, false, nil
	case err != nil:
		return work{}, false, fmt.Errorf("notify: reading a delivery: %w", err)
	}
	return w, true, nil
}

// notification is the message of the work.
func (w work) notification() Notification {
	return Notification{
		ID: w.NotificationID, Sequence: w.Sequence, PersonID: w.PersonID, Kind: w.Kind,
		SubjectKind: w.SubjectKind, SubjectID: w.SubjectID, RequestNumber: w.RequestNumber,
		Language: w.Language, Title: w.Title, Body: w.Body, URL: w.URL, CreatedAt: w.CreatedAt,
	}
}
