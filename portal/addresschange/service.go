package addresschange

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Notifier queues messages to people in the change's own transaction.
type Notifier interface {
	Notify(ctx context.Context, tx postgres.Tx, messages ...notify.Message) error
}

// Service keeps changes of addresses. It is safe for any number of goroutines.
type Service struct {
	db       *postgres.DB
	notifier Notifier
}

// New makes a Service on a migrated database.
func New(db *postgres.DB, n Notifier) *Service { return &Service{db: db, notifier: n} }

// answerWorkdays is how many working days staff have to answer.
const answerWorkdays = 2

// Page says which part of a list: Size is 1 to 100, 0 means 10; an empty Token means the first page.
type Page struct {
	Size  int
	Token string
}

// visible keeps the changes of sites where the customer follows a device.
func visible(idb bun.IDB, actor identity.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		moved := idb.NewSelect().TableExpr("devices AS moved").ColumnExpr("1").
			Where("moved.site_id = change.site_id AND moved.account_id = change.account_id").
			Apply(portal.FollowedThrough("moved.id", actor.PersonID))
		return q.Where("change.account_id = ? AND EXISTS (?)", actor.AccountID, moved)
	}
}

// withNames reads changes together with site, device and account.
func withNames(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("Site").Relation("Device").Relation("Account")
}

// one gives the change that the query finds; NotFound when there is none.
func one(ctx context.Context, idb bun.IDB, id uuid.UUID, narrow ...func(*bun.SelectQuery) *bun.SelectQuery) (Change, error) {
	var c Change
	err := idb.NewSelect().Model(&c).Apply(withNames).Apply(narrow...).Where("change.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Change{}, errNotFound
	}
	if err != nil {
		return Change{}, fmt.Errorf("addresschange: reading: %w", err)
	}
	return c, nil
}

// hold locks a change until the transaction ends, so that it is decided once. NotFound when there is none.
func hold(ctx context.Context, tx postgres.Tx, id uuid.UUID) error {
	var held uuid.UUID
	err := tx.NewRaw(`SELECT id FROM address_changes WHERE id = ? FOR UPDATE`, id).Scan(ctx, &held)
	if errors.Is(err, sql.ErrNoRows) {
		return errNotFound
	}
	if err != nil {
		return fmt.Errorf("addresschange: holding: %w", err)
	}
	return nil
}

// decide writes what became of a change.
func (c *Change) decide(ctx context.Context, tx postgres.Tx, actor identity.Actor, state State, reason string) error {
	c.State, c.DecidedAt, c.DecidedBy, c.DecisionReason, c.UpdatedAt = state, new(tx.Now()), actor.PersonID, reason, tx.Now()
	_, err := tx.NewUpdate().Model(c).Column("state", "decided_at", "decided_by", "decision_reason", "updated_at").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("addresschange: deciding: %w", err)
	}
	return nil
}

// movers finds the account's devices at a site.
func movers(idb bun.IDB, accountID, siteID uuid.UUID) *bun.SelectQuery {
	return idb.NewSelect().TableExpr("devices AS device").
		Where("device.account_id = ? AND device.site_id = ? AND device.retired_at IS NULL", accountID, siteID)
}

// openRequests finds the open service requests of the account's devices at a site: they keep their address.
func openRequests(idb bun.IDB, accountID, siteID uuid.UUID) *bun.SelectQuery {
	return idb.NewSelect().TableExpr("service_requests AS request").
		Where("request.state NOT IN ('completed', 'cancelled') AND request.device_id IN (?)", movers(idb, accountID, siteID).Column("device.id"))
}
