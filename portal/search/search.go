package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// FollowUp is what a result leads on to.
type FollowUp string

// The follow-ups.
const (
	ShowDevice  FollowUp = "device"
	NewRequest  FollowUp = "new_request"
	NewOrder    FollowUp = "new_order"
	NewReading  FollowUp = "new_reading"
	ShowRequest FollowUp = "request"
	ShowOrder   FollowUp = "order"
)

// followUps are those of each kind; the first is the page to open.
var followUps = map[Kind][]FollowUp{
	Serial:  {ShowDevice, NewRequest, NewOrder, NewReading},
	Request: {ShowRequest, NewRequest},
	Order:   {ShowOrder, NewOrder},
}

// Found is what was found.
type Found struct {
	Kind Kind
	// Device is always there: of a request or order, the one that it is for, as it is now.
	DeviceID                          uuid.UUID `bun:"device_id,type:uuid"`
	SerialNumber, Model, FriendlyName string
	// OpenNumber is the device's open request; empty when there is none.
	OpenNumber string
	// ID and Number are the request's or order's; zero for a device.
	ID     uuid.UUID `bun:"id,type:uuid"`
	Number string
	// State is the request's.
	State     dispatch.State
	FollowUps []FollowUp `bun:"-"`
}

// Service searches. It is safe for concurrent use.
type Service struct{ db *postgres.DB }

// New makes a Service on a migrated database.
func New(db *postgres.DB) *Service { return &Service{db} }

// Quick finds one device, request or order that the customer follows by its full number. Errors: those of Parse; NotFound
// "nothing_found".
func (s *Service) Quick(ctx context.Context, actor identity.Actor, kind Kind, text string) (Found, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Found{}, err
	}
	number, err := Parse(kind, text)
	if err != nil {
		return Found{}, err
	}
	found := Found{Kind: kind, FollowUps: followUps[kind]}
	q := s.db.NewSelect().TableExpr("devices AS device").Join("JOIN models AS model ON model.id = device.model_id").
		ColumnExpr("device.id AS device_id, device.serial_number, model.name AS model, device.friendly_name").
		ColumnExpr("coalesce((?), '') AS open_number", s.db.NewSelect().TableExpr("service_requests AS open").Column("open.number").
			Where("open.device_id = device.id AND open.state NOT IN (?, ?)", dispatch.Completed, dispatch.Cancelled)).
		Where("device.account_id = ?", actor.AccountID).Apply(portal.FollowedBy(actor.PersonID))
	switch kind {
	case Request:
		q = of(q, "service_requests", actor.AccountID, number).ColumnExpr("thing.state")
	case Order:
		q = of(q, "supply_orders", actor.AccountID, number)
	default:
		// Spaces and hyphens are as people like them; where two devices differ in those alone, the exact one is meant.
		q = q.Where("translate(device.serial_number, ' -', '') = ?", bare(number)).
			OrderExpr("device.serial_number = ? DESC, device.serial_number", number).Limit(1)
	}
	switch err := q.Scan(ctx, &found); {
	case errors.Is(err, sql.ErrNoRows):
		return Found{}, fault.NewNotFound("nothing_found", "None of your devices, requests or orders has this number.", fault.Field("text"))
	case err != nil:
		return Found{}, fmt.Errorf("search: %w", err)
	}
	return found, nil
}

// of finds by the number of a thing that is for a device.
func of(q *bun.SelectQuery, table string, account uuid.UUID, number string) *bun.SelectQuery {
	return q.Join("JOIN ? AS thing ON thing.device_id = device.id", bun.Ident(table)).
		ColumnExpr("thing.id, thing.number").Where("thing.number = ? AND thing.account_id = ?", number, account)
}
