package supplies

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/checkdigit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Page says which part of a list: its size, 1 to 100, where 0 means 10, and the token of the page before.
type Page struct {
	Size  int
	Token string
}

// List is one page of orders, newest first.
type List struct {
	Orders []Order
	// Next is the token of the next page; empty on the last.
	Next string
	// Total is how many match in all; only for staff.
	Total int
}

// Query chooses orders; its parts are combined.
type Query struct {
	// Device, for customers; uuid.Nil for all.
	Device uuid.UUID
	// States, any of them; empty means all for customers, and those that wait for the warehouse for staff.
	States []State
	// Account and Text are for staff: words that all occur somewhere in the order, or its number.
	Account uuid.UUID
	Text    string
}

// sortKey is what a page token holds.
type sortKey struct {
	Placed time.Time `json:"p"`
	ID     uuid.UUID `json:"i"`
}

// List gives the orders for devices that the customer follows. NotFound "device_not_found" for a device that they do not
// follow.
func (s *Service) List(ctx context.Context, actor identity.Actor, q Query, page Page) (List, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return List{}, err
	}
	if q.Device != uuid.Nil {
		if _, err := portal.DeviceOfPerson(ctx, s.db, actor, q.Device); err != nil {
			return List{}, err
		}
	}
	return s.list(ctx, page, false, ofCustomer(actor), func(query *bun.SelectQuery) *bun.SelectQuery {
		if q.Device != uuid.Nil {
			query = query.Where("o.device_id = ?", q.Device)
		}
		if len(q.States) > 0 {
			query = query.Where("o.state IN (?)", bun.List(q.States))
		}
		return query
	})
}

// ListAny gives the orders of all companies. For dispatchers and admins. Invalid "number_mistyped" when the text is an
// order number whose check digit does not fit. That they saw these, with their contacts, is noted.
func (s *Service) ListAny(ctx context.Context, actor identity.Actor, q Query, page Page) (List, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return List{}, err
	}
	states := q.States
	if len(states) == 0 {
		states = []State{Placed, Picked}
	}
	number, asNumber, checks := checkdigit.Parse(NumberPrefix, q.Text)
	asNumber = asNumber && strings.HasPrefix(strings.ToUpper(strings.TrimSpace(q.Text)), "SO")
	if asNumber && !checks {
		return List{}, mistyped("query", number)
	}
	list, err := s.list(ctx, page, true, withNames, func(query *bun.SelectQuery) *bun.SelectQuery {
		query = query.Where("o.state IN (?)", bun.List(states))
		if q.Account != uuid.Nil {
			query = query.Where("o.account_id = ?", q.Account)
		}
		if asNumber {
			return query.Where("o.number = ?", number)
		}
		for _, word := range words(q.Text) {
			// strpos takes every letter literally, which LIKE does not.
			query = query.Where(`strpos(lower(concat_ws(' ', o.number, o.serial_number, o.friendly_name, o.model, account.number,
				account.name, o.name, o.line1, o.line2, o.line3, o.postal_code, o.city, o.tracking_number,
				(SELECT string_agg(concat_ws(' ', l.supply_number, l.name_nb, l.name_en), ' ') FROM supply_order_lines AS l
					WHERE l.order_id = o.id))), lower(?)) > 0`, word)
		}
		return query
	})
	if err != nil {
		return List{}, err
	}
	ids := make([]uuid.UUID, len(list.Orders))
	for i, o := range list.Orders {
		ids[i] = o.ID
	}
	return list, audit.Read(ctx, s.db, actor, "order.list", "order", ids...)
}

// list reads a page. Its rows and their number are of one moment.
func (s *Service) list(ctx context.Context, page Page, counted bool, sight, chosen func(*bun.SelectQuery) *bun.SelectQuery) (list List, err error) {
	size, err := portal.PageSize(page.Size)
	if err != nil {
		return List{}, err
	}
	var after sortKey
	if page.Token != "" {
		if err := portal.ReadPageToken(page.Token, &after); err != nil {
			return List{}, err
		}
		if year := after.Placed.UTC().Year(); year < 1 || year > 9999 {
			return List{}, portal.ErrPageToken
		}
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		list = List{}
		if counted {
			if list.Total, err = total(ctx, tx.NewSelect().Model((*Order)(nil)).Apply(sight).Apply(chosen)); err != nil {
				return err
			}
		}
		q := tx.NewSelect().Model(&list.Orders).Apply(sight).Apply(chosen).Apply(withLines).
			OrderExpr("o.placed_at DESC, o.id DESC").Limit(int64(size) + 1)
		if page.Token != "" {
			q = q.Where("(o.placed_at, o.id) < (?, ?)", after.Placed, after.ID)
		}
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("supplies: listing orders: %w", err)
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err != nil {
		return List{}, err
	}
	if len(list.Orders) > size {
		list.Orders = list.Orders[:size]
		last := list.Orders[size-1]
		list.Next, err = portal.PageToken(sortKey{last.PlacedAt, last.ID})
	}
	return list, err
}

func total(ctx context.Context, q *bun.SelectQuery) (int, error) {
	n, err := q.Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("supplies: counting orders: %w", err)
	}
	return int(n), nil
}

// words splits a search into words that PostgreSQL can compare.
func words(text string) []string {
	return strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", " "))
}
