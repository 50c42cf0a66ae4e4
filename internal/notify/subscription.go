package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/postgres"
)

// maxSubscriptions is how many browsers one person can have.
const maxSubscriptions = 20

// maxLabel in octets.
const maxLabel = 200

// Subscription is one browser that receives push.
type Subscription struct {
	ID    uuid.UUID `bun:"id,type:uuid"`
	Label string    `bun:"label"`
	// PushService is the host that its messages go to. The whole endpoint is a secret.
	PushService string    `bun:"push_service"`
	CreatedAt   time.Time `bun:"created_at"`
	// LastDeliveredAt is nil before the first message.
	LastDeliveredAt *time.Time `bun:"last_delivered_at"`
	// Failures is how many attempts in a row did not get through.
	Failures int `bun:"failures"`
	// Renew: it was made with a key that is being retired, and should be made anew.
	Renew bool `bun:"renew"`
}

// NewSubscription is what a browser hands over.
type NewSubscription struct {
	Endpoint, P256dh, Auth string
	// Label is what the person calls the browser; empty takes the session's, made from the user agent.
	Label string
	// PublicKey is the VAPID key it was made with; empty means the current one.
	PublicKey string
}

const selectSubscription = `SELECT s.id, s.label, split_part(s.endpoint, '/', 3) AS push_service, s.created_at,
		s.last_delivered_at, s.failures, k.retired_at IS NOT NULL AS renew
	FROM push_subscriptions s JOIN vapid_keys k ON k.id = s.vapid_key_id `

var errSubscriptionNotFound = fault.NewNotFound("subscription_not_found", "There is no such subscription.")

// Subscribe stores a browser of the actor. The same endpoint again replaces its keys, label and owner:
// whoever knows an endpoint has the browser in front of them. It ends with the actor's session when that is ended, by
// the person or for them, but not when that runs out.
//
// Errors: Invalid push_endpoint_invalid, push_endpoint_private, push_p256dh_invalid, push_auth_invalid,
// push_key_unknown; Unavailable push_endpoint_unresolved; Limited push_subscriptions_limited.
func (s *Service) Subscribe(ctx context.Context, actor identity.Actor, n NewSubscription) (Subscription, error) {
	if err := signedIn(actor); err != nil {
		return Subscription{}, err
	}
	if err := (webpush.Subscription{Endpoint: n.Endpoint, P256dh: n.P256dh, Auth: n.Auth}).Validate(); err != nil {
		return Subscription{}, err
	}
	if err := s.push.CheckEndpoint(ctx, n.Endpoint); err != nil {
		return Subscription{}, err
	}
	key, err := s.keyFor(ctx, n.PublicKey)
	if err != nil {
		return Subscription{}, err
	}
	var stored Subscription
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		// The lock makes subscriptions of one person take turns, so that their number can be trusted.
		if err := tx.NewRaw(`SELECT id FROM people WHERE id = ? FOR NO KEY UPDATE`, actor.PersonID).
			Scan(ctx, new(uuid.UUID)); err != nil {
			return fmt.Errorf("notify: locking a person: %w", err)
		}
		var others int
		if err := tx.NewRaw(`SELECT count(*) FROM push_subscriptions WHERE person_id = ? AND endpoint <> ?`,
			actor.PersonID, n.Endpoint).Scan(ctx, &others); err != nil {
			return fmt.Errorf("notify: counting subscriptions: %w", err)
		}
		if others >= maxSubscriptions {
			return fault.NewLimited("push_subscriptions_limited",
				"You have notifications on 20 browsers. Remove one first.", 0)
		}
		// Another owner makes it another subscription: what is still queued for the former one must not
		// reach the new one.
		var id uuid.UUID
		if err := tx.NewRaw(`INSERT INTO push_subscriptions AS s
				(id, person_id, endpoint, p256dh, auth, vapid_key_id, session_id, label, created_at)
			VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM sessions WHERE id = ?), COALESCE(NULLIF(?, ''), (SELECT label FROM sessions WHERE id = ?), ''), ?)
			ON CONFLICT (endpoint) DO UPDATE SET
				id = CASE WHEN s.person_id = excluded.person_id THEN s.id ELSE excluded.id END,
				created_at = CASE WHEN s.person_id = excluded.person_id THEN s.created_at ELSE excluded.created_at END,
				last_delivered_at = CASE WHEN s.person_id = excluded.person_id THEN s.last_delivered_at END,
				person_id = excluded.person_id, p256dh = excluded.p256dh, auth = excluded.auth,
				vapid_key_id = excluded.vapid_key_id, session_id = excluded.session_id, label = excluded.label,
				failures = 0
			RETURNING id`,
			newID(), actor.PersonID, n.Endpoint, n.P256dh, n.Auth, key.ID, actor.SessionID,
			shorten(clean(n.Label), maxLabel), actor.SessionID, tx.Now()).Scan(ctx, &id); err != nil {
			return fmt.Errorf("notify: storing a subscription: %w", err)
		}
		if err := tx.NewRaw(selectSubscription+`WHERE s.id = ?`, id).Scan(ctx, &stored); err != nil {
			return fmt.Errorf("notify: reading a subscription: %w", err)
		}
		return nil
	})
	return stored, err
}

// Unsubscribe removes a browser of the actor by its id or, where that is empty, its endpoint. Unknown,
// malformed or someone else's is NotFound.
func (s *Service) Unsubscribe(ctx context.Context, actor identity.Actor, id, endpoint string) error {
	if err := signedIn(actor); err != nil {
		return err
	}
	condition, value := "endpoint = ?", any(strings.ReplaceAll(endpoint, "\x00", ""))
	if id != "" {
		parsed, err := uuid.Parse(id)
		if err != nil {
			return errSubscriptionNotFound
		}
		condition, value = "id = ?", parsed
	}
	removed, err := s.db.NewRaw(`DELETE FROM push_subscriptions WHERE person_id = ? AND `+condition,
		actor.PersonID, value).Exec(ctx)
	if err != nil {
		return fmt.Errorf("notify: removing a subscription: %w", err)
	}
	n, err := removed.RowsAffected()
	if err == nil && n == 0 {
		return errSubscriptionNotFound
	}
	return err
}

// ListSubscriptions gives the actor's browsers, newest first.
func (s *Service) ListSubscriptions(ctx context.Context, actor identity.Actor) ([]Subscription, error) {
	if err := signedIn(actor); err != nil {
		return nil, err
	}
	var list []Subscription
	err := s.db.NewRaw(selectSubscription+`WHERE s.person_id = ? ORDER BY s.created_at DESC, s.id DESC`,
		actor.PersonID).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("notify: reading subscriptions: %w", err)
	}
	return list, nil
}

// signedIn refuses whoever is no person.
func signedIn(actor identity.Actor) error {
	if actor.PersonID == uuid.Nil {
		return fault.NewUnauthenticated("sign_in_required", "Please sign in.")
	}
	return nil
}
