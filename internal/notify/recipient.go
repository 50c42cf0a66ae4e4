package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/postgres"
)

// recipient is an active person who may be told something.
type recipient struct {
	ID           uuid.UUID
	AccountID    uuid.UUID
	TechnicianID uuid.UUID
	Language     string
	Email        string
	Browsers     []browser
}

// browser is a push subscription, as far as queueing needs it.
type browser struct {
	ID uuid.UUID
	// Name is the label, or the host of the push service.
	Name string
}

func (r recipient) in(to Audience) bool {
	switch {
	case to.Person != uuid.Nil:
		return r.ID == to.Person
	case to.Account != uuid.Nil:
		return r.AccountID == to.Account
	default:
		return r.TechnicianID == to.Technician
	}
}

// recipients finds all people of all audiences with their subscriptions, in one statement. Whoever is
// disabled is not among them.
func recipients(ctx context.Context, tx postgres.Tx, messages []Message) ([]recipient, error) {
	var people, accounts, technicians []uuid.UUID
	add := func(ids []uuid.UUID, id uuid.UUID) []uuid.UUID {
		if id == uuid.Nil || slices.Contains(ids, id) {
			return ids
		}
		return append(ids, id)
	}
	for _, m := range messages {
		people = add(people, m.To.Person)
		accounts = add(accounts, m.To.Account)
		technicians = add(technicians, m.To.Technician)
	}
	var conditions []string
	var args []any
	for _, audience := range []struct {
		column string
		ids    []uuid.UUID
	}{{"p.id", people}, {"p.account_id", accounts}, {"p.technician_id", technicians}} {
		if len(audience.ids) > 0 {
			conditions = append(conditions, audience.column+" IN (?)")
			args = append(args, bun.List(audience.ids))
		}
	}
	var rows []struct {
		ID             uuid.UUID `bun:"id,type:uuid"`
		AccountID      uuid.UUID `bun:"account_id,type:uuid,nullzero"`
		TechnicianID   uuid.UUID `bun:"technician_id,type:uuid,nullzero"`
		Language       string    `bun:"language"`
		Email          string    `bun:"email"`
		SubscriptionID uuid.UUID `bun:"subscription_id,type:uuid,nullzero"`
		Browser        string    `bun:"browser"`
	}
	err := tx.NewRaw(`SELECT p.id, p.account_id, p.technician_id, p.language, p.email,
			s.id AS subscription_id, COALESCE(NULLIF(s.label, ''), split_part(s.endpoint, '/', 3), '') AS browser
		FROM people p LEFT JOIN push_subscriptions s ON s.person_id = p.id
		WHERE p.disabled_at IS NULL AND (`+strings.Join(conditions, " OR ")+`)
		ORDER BY p.id, s.created_at, s.id`, args...).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("notify: finding whom to tell: %w", err)
	}
	var found []recipient
	for _, row := range rows {
		if n := len(found); n == 0 || found[n-1].ID != row.ID {
			found = append(found, recipient{
				ID: row.ID, AccountID: row.AccountID, TechnicianID: row.TechnicianID,
				Language: row.Language, Email: row.Email,
			})
		}
		if row.SubscriptionID != uuid.Nil {
			last := &found[len(found)-1]
			last.Browsers = append(last.Browsers, browser{row.SubscriptionID, row.Browser})
		}
	}
	return found, nil
}
