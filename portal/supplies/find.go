package supplies

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/checkdigit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Get gives an order for a device that the customer follows, by id or number. NotFound "order_not_found" for any other;
// Invalid "number_mistyped" when the check digit does not fit.
func (s *Service) Get(ctx context.Context, actor identity.Actor, idOrNumber string) (Answer, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Answer{}, err
	}
	return s.find(ctx, idOrNumber, ofCustomer(actor))
}

// GetAny gives any order, by id or number. For dispatchers and admins; errors as for Get. That they saw it, with its
// contact, is noted.
func (s *Service) GetAny(ctx context.Context, actor identity.Actor, idOrNumber string) (Answer, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return Answer{}, err
	}
	a, err := s.find(ctx, idOrNumber, withNames)
	if err != nil {
		return Answer{}, err
	}
	return a, audit.Read(ctx, s.db, actor, "order.get", "order", a.Order.ID)
}

// ofCustomer keeps the orders of the customer's company for devices that they follow.
func ofCustomer(actor identity.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("o.account_id = ?", actor.AccountID).Apply(portal.FollowedThrough("o.device_id", actor.PersonID))
	}
}

// withNames adds what staff see of whose order it is.
func withNames(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("o.*").ColumnExpr("account.number AS account_number, account.name AS account_name").
		ColumnExpr("trim(person.first_name || ' ' || person.last_name) AS ordered_by_name, person.role <> 'customer' AS on_behalf").
		Join("JOIN accounts AS account ON account.id = o.account_id").Join("JOIN people AS person ON person.id = o.ordered_by")
}

func (s *Service) find(ctx context.Context, idOrNumber string, sight func(*bun.SelectQuery) *bun.SelectQuery) (a Answer, err error) {
	q := s.db.NewSelect().Model(&a.Order).Apply(sight).Apply(withLines)
	if id, err := uuid.Parse(idOrNumber); err == nil {
		q = q.Where("o.id = ?", id)
	} else if number, ok, checks := checkdigit.Parse(NumberPrefix, idOrNumber); !ok {
		return a, errNoOrder
	} else if !checks {
		return a, mistyped("id", number)
	} else {
		q = q.Where("o.number = ?", number)
	}
	err = q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Answer{}, errNoOrder
	}
	if err != nil {
		return Answer{}, fmt.Errorf("supplies: finding an order: %w", err)
	}
	if err := s.db.NewSelect().TableExpr("accounts").Column("country").Where("id = ?", a.Order.AccountID).Scan(ctx, &a.Country); err != nil {
		return Answer{}, fmt.Errorf("supplies: reading a country: %w", err)
	}
	if a.Order.State.Open() {
		a.Similar, err = similar(ctx, s.db, a.Order.AccountID, a.Order.DeviceID, a.Order.supplies(), a.Order.ID)
	}
	return a, err
}

// withLines reads the lines with the orders.
func withLines(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Relation("Lines", func(q *bun.SelectQuery) *bun.SelectQuery { return q.OrderExpr("line.line") })
}

func mistyped(field, number string) error {
	return fault.NewInvalid(field, "number_mistyped", "There is a typing error in "+number+": its check digit does not fit.",
		fault.Param("number", number))
}

// CountUnderWay counts the orders for devices that the customer follows which are neither delivered nor cancelled.
func CountUnderWay(ctx context.Context, tx postgres.Tx, actor identity.Actor) (int, error) {
	n, err := tx.NewSelect().TableExpr("supply_orders AS o").Where("o.account_id = ?", actor.AccountID).
		Where("o.state NOT IN (?, ?)", Delivered, Cancelled).Apply(portal.FollowedThrough("o.device_id", actor.PersonID)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("supplies: counting what is under way: %w", err)
	}
	return int(n), nil
}

// UnderWay gives for each of these devices the number of the newest order of the customer's company that is neither delivered
// nor cancelled; devices without one, and those that the customer does not follow, are left out.
func UnderWay(ctx context.Context, tx postgres.Tx, actor identity.Actor, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	var rows []struct {
		DeviceID uuid.UUID `bun:"device_id,type:uuid"`
		Number   string    `bun:"number"`
	}
	err := tx.NewSelect().TableExpr("supply_orders AS o").ColumnExpr("DISTINCT ON (o.device_id) o.device_id, o.number").
		Where("o.account_id = ? AND o.device_id IN (?)", actor.AccountID, bun.List(ids)).
		Where("o.state NOT IN (?, ?)", Delivered, Cancelled).Apply(portal.FollowedThrough("o.device_id", actor.PersonID)).
		OrderExpr("o.device_id, o.placed_at DESC, o.id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("supplies: reading what is under way: %w", err)
	}
	found := make(map[uuid.UUID]string, len(rows))
	for _, r := range rows {
		found[r.DeviceID] = r.Number
	}
	return found, nil
}
