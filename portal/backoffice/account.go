package backoffice

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/revision"
)

// Account is a customer company.
type Account struct {
	bun.BaseModel `bun:"table:accounts,alias:account"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	AccountFields
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`

	// What hangs on it; of devices those in use.
	Sites        int64 `bun:"sites,scanonly"`
	Devices      int64 `bun:"devices,scanonly"`
	Contracts    int64 `bun:"contracts,scanonly"`
	People       int64 `bun:"people,scanonly"`
	OpenRequests int64 `bun:"open_requests,scanonly"`
}

// AccountFields are what may be changed of an account; portal.Account says what they mean.
type AccountFields struct {
	Number   string `bun:"number"`
	Name     string `bun:"name"`
	Country  string `bun:"country"`
	Language string `bun:"language"`
}

// Revision is what a change of it must be based on.
func (a *Account) Revision() string { return a.fields().Revision() }

func (a *Account) begin(id uuid.UUID, now time.Time) { a.ID, a.CreatedAt, a.UpdatedAt = id, now, now }
func (a *Account) touch(now time.Time)               { a.UpdatedAt = now }
func (a *Account) fields() revision.Fields {
	return revision.Fields{
		{Name: "number", Value: a.Number}, {Name: "name", Value: a.Name}, {Name: "country", Value: a.Country},
		{Name: "language", Value: a.Language},
	}
}

func (f *AccountFields) check() error {
	return required(map[string]*string{"number": &f.Number, "name": &f.Name})
}

// AccountQuery asks for accounts.
type AccountQuery struct {
	Text string
	// Country is ISO 3166-1 alpha-2; empty for all.
	Country string
	Page    Page
}

var accountOrder = ordering[Account]{"account.number", "account.id::text", func(a *Account) place { return place{a.Number, a.ID.String()} }}

func accountColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("account.id, account.number, account.name, account.country, account.language, account.created_at, account.updated_at").
		ColumnExpr("(SELECT count(*) FROM sites s WHERE s.account_id = account.id) AS sites").
		ColumnExpr("(SELECT count(*) FROM devices d WHERE d.account_id = account.id AND d.retired_at IS NULL) AS devices").
		ColumnExpr("(SELECT count(*) FROM contracts c WHERE c.account_id = account.id) AS contracts").
		ColumnExpr("(SELECT count(*) FROM people p WHERE p.account_id = account.id) AS people").
		ColumnExpr(`(SELECT count(*) FROM service_requests r WHERE r.account_id = account.id
			AND r.state NOT IN ('completed', 'cancelled')) AS open_requests`)
}

func everything(q *bun.SelectQuery) *bun.SelectQuery { return q }

// Accounts lists accounts by number. For staff.
func (s *Service) Accounts(ctx context.Context, actor identity.Actor, query AccountQuery) (Found[Account], error) {
	if err := staff(actor); err != nil {
		return Found[Account]{}, err
	}
	return list(ctx, s.db, query.Page, accountOrder, func(q *bun.SelectQuery) *bun.SelectQuery {
		if query.Country != "" {
			q = q.Where("account.country = ?", query.Country)
		}
		return matching(q, query.Text, "account.number, account.name")
	}, accountColumns)
}

// Account gives one. For staff; NotFound account_not_found.
func (s *Service) Account(ctx context.Context, actor identity.Actor, id uuid.UUID) (Account, error) {
	if err := staff(actor); err != nil {
		return Account{}, err
	}
	return account(ctx, s.db, id)
}

func account(ctx context.Context, db bun.IDB, id uuid.UUID) (Account, error) {
	return one[Account](ctx, db, "account", "account.id", id, everything, accountColumns)
}

// CreateAccount makes one. For staff. Exists number_taken; Invalid with the field.
func (s *Service) CreateAccount(ctx context.Context, actor identity.Actor, op uuid.UUID, f AccountFields) (Account, error) {
	if err := staff(actor); err != nil {
		return Account{}, err
	}
	if err := f.check(); err != nil {
		return Account{}, err
	}
	return do(ctx, s, actor, op, "account.create", f, func(ctx context.Context, tx postgres.Tx) (Account, error) {
		id, err := insert(ctx, tx, actor, "account", &Account{AccountFields: f})
		if err != nil {
			return Account{}, err
		}
		return account(ctx, tx, id)
	})
}

// UpdateAccount changes one that was seen at a revision. For staff. Stale revision_stale; otherwise as CreateAccount.
func (s *Service) UpdateAccount(ctx context.Context, actor identity.Actor, op, id uuid.UUID, seen string, f AccountFields) (Account, error) {
	if err := staff(actor); err != nil {
		return Account{}, err
	}
	if err := f.check(); err != nil {
		return Account{}, err
	}
	return do(ctx, s, actor, op, "account.update", []any{id, seen, f}, func(ctx context.Context, tx postgres.Tx) (Account, error) {
		row := new(Account)
		err := update(ctx, tx, actor, "account", id, seen, row, func() error { row.AccountFields = f; return nil })
		if err != nil {
			return Account{}, err
		}
		return account(ctx, tx, id)
	})
}
