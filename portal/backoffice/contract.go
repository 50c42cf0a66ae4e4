package backoffice

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/revision"
	"utsendt/portal"
)

// Contract is a service contract of an account.
type Contract struct {
	bun.BaseModel `bun:"table:contracts,alias:contract"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	ContractFields
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`

	AccountNumber string `bun:"account_number,scanonly"`
	AccountName   string `bun:"account_name,scanonly"`
	// Devices in use.
	Devices int64 `bun:"devices,scanonly"`
}

// ContractFields are what may be changed of a contract, but for the account; portal.Contract says what they mean.
type ContractFields struct {
	AccountID       uuid.UUID  `bun:"account_id,type:uuid"`
	Number          string     `bun:"number"`
	StartsOn        time.Time  `bun:"starts_on,type:date"`
	EndsOn          *time.Time `bun:"ends_on,type:date"`
	ResponseHours   *int       `bun:"response_hours"`
	ResolutionHours *int       `bun:"resolution_hours"`
	// ReadingMonths is how often a meter reading is due: 1, 2, 3, 4, 6 or 12.
	ReadingMonths int `bun:"reading_months"`
	// SupplyKinds are what the contract includes, in order.
	SupplyKinds dispatch.Texts `bun:"supply_kinds"`
}

// InForce reports whether it covers the day of a time, in UTC.
func (c *Contract) InForce(at time.Time) bool {
	return portal.Contract{StartsOn: c.StartsOn, EndsOn: c.EndsOn}.InForce(at, time.UTC)
}

// Revision is what a change of it must be based on.
func (c *Contract) Revision() string { return c.fields().Revision() }

func (c *Contract) begin(id uuid.UUID, now time.Time) { c.ID, c.CreatedAt, c.UpdatedAt = id, now, now }
func (c *Contract) touch(now time.Time)               { c.UpdatedAt = now }
func (c *Contract) fields() revision.Fields {
	var ends *string
	if c.EndsOn != nil {
		ends = new(c.EndsOn.Format(time.DateOnly))
	}
	return revision.Fields{
		{Name: "account_id", Value: c.AccountID}, {Name: "number", Value: c.Number},
		{Name: "starts_on", Value: c.StartsOn.Format(time.DateOnly)}, {Name: "ends_on", Value: ends},
		{Name: "response_hours", Value: c.ResponseHours}, {Name: "resolution_hours", Value: c.ResolutionHours},
		{Name: "reading_months", Value: c.ReadingMonths}, {Name: "supply_kinds", Value: c.SupplyKinds},
	}
}

func (f *ContractFields) check() error {
	f.SupplyKinds = tidyWords(f.SupplyKinds)
	if f.EndsOn != nil && f.EndsOn.Before(f.StartsOn) {
		return fault.NewInvalid("fields.ends_on", "contract_order", "The last day lies before the first.")
	}
	return required(map[string]*string{"number": &f.Number})
}

// ContractQuery asks for contracts.
type ContractQuery struct {
	Text string
	// AccountID is uuid.Nil for all.
	AccountID uuid.UUID
	Page      Page
}

var contractOrder = ordering[Contract]{"contract.number", "contract.id::text", func(c *Contract) place { return place{c.Number, c.ID.String()} }}

func contractColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr(`contract.id, contract.account_id, contract.number, contract.starts_on, contract.ends_on, contract.response_hours,
			contract.resolution_hours, contract.reading_months, contract.supply_kinds, contract.created_at, contract.updated_at`).
		ColumnExpr("account.number AS account_number, account.name AS account_name").
		ColumnExpr("(SELECT count(*) FROM devices d WHERE d.contract_id = contract.id AND d.retired_at IS NULL) AS devices")
}

// Contracts lists contracts by number. For staff.
func (s *Service) Contracts(ctx context.Context, actor identity.Actor, query ContractQuery) (Found[Contract], error) {
	if err := staff(actor); err != nil {
		return Found[Contract]{}, err
	}
	return list(ctx, s.db, query.Page, contractOrder, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = withAccount("contract")(q)
		if query.AccountID != uuid.Nil {
			q = q.Where("contract.account_id = ?", query.AccountID)
		}
		return matching(q, query.Text, "contract.number, account.number, account.name")
	}, contractColumns)
}

// Contract gives one. For staff; NotFound contract_not_found.
func (s *Service) Contract(ctx context.Context, actor identity.Actor, id uuid.UUID) (Contract, error) {
	if err := staff(actor); err != nil {
		return Contract{}, err
	}
	return contract(ctx, s.db, id)
}

func contract(ctx context.Context, db bun.IDB, id uuid.UUID) (Contract, error) {
	return one[Contract](ctx, db, "contract", "contract.id", id, withAccount("contract"), contractColumns)
}

// CreateContract makes one. For admins. NotFound account_not_found; Exists number_taken; Invalid with the field.
func (s *Service) CreateContract(ctx context.Context, actor identity.Actor, op uuid.UUID, f ContractFields) (Contract, error) {
	if err := admins(actor); err != nil {
		return Contract{}, err
	}
	if err := f.check(); err != nil {
		return Contract{}, err
	}
	return do(ctx, s, actor, op, "contract.create", f, func(ctx context.Context, tx postgres.Tx) (Contract, error) {
		if err := exists(ctx, tx, "account", "accounts", f.AccountID); err != nil {
			return Contract{}, err
		}
		id, err := insert(ctx, tx, actor, "contract", &Contract{ContractFields: f})
		if err != nil {
			return Contract{}, err
		}
		return contract(ctx, tx, id)
	})
}

// UpdateContract changes one that was seen at a revision. For admins. Its account stays: Invalid account_fixed.
func (s *Service) UpdateContract(ctx context.Context, actor identity.Actor, op, id uuid.UUID, seen string, f ContractFields) (Contract, error) {
	if err := admins(actor); err != nil {
		return Contract{}, err
	}
	if err := f.check(); err != nil {
		return Contract{}, err
	}
	return do(ctx, s, actor, op, "contract.update", []any{id, seen, f}, func(ctx context.Context, tx postgres.Tx) (Contract, error) {
		row := new(Contract)
		err := update(ctx, tx, actor, "contract", id, seen, row, func() error {
			if row.AccountID != f.AccountID {
				return errAccountFixed
			}
			row.ContractFields = f
			return nil
		})
		if err != nil {
			return Contract{}, err
		}
		return contract(ctx, tx, id)
	})
}
