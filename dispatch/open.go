package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// NewRequest is what a request is opened with: a snapshot, so that its history stays true when the device moves.
type NewRequest struct {
	AccountID   uuid.UUID
	AccountName string
	Device      Device
	Place       Place
	Contact     Contact
	Category    Category
	Description string
	Priority    Priority
	Skills      []string
	Parts       []string
	// RespondWithin and ResolveWithin are the contract's promises; 0 without.
	RespondWithin, ResolveWithin time.Duration
	// ResolveBy overrides ResolveWithin; nil when the contract rules.
	ResolveBy *time.Time
	Window    *Span
	// Also is done in the same transaction, after the request is written: photos that come with it, for example. Its
	// error undoes the opening. nil does nothing.
	Also Also `json:"-"`
}

// Also is what a caller does in a change's own transaction.
type Also func(ctx context.Context, tx postgres.Tx, r *Request) error

func (n *NewRequest) check(now time.Time) error {
	switch {
	case strings.TrimSpace(n.Description) == "":
		return fault.NewInvalid("description", "description_missing", "Describe what is wrong.")
	case !slices.Contains(Categories, n.Category):
		return fault.NewInvalid("category", "category_unknown", "Choose what is wrong.")
	case n.ResolveBy != nil && n.ResolveBy.Before(now.Add(-366*24*time.Hour)):
		return fault.NewInvalid("resolve_by", "promise_past", "The promise lies more than a year back.")
	case n.Priority != "" && !slices.Contains([]Priority{Low, Normal, High}, n.Priority):
		return fault.NewInvalid("priority", "priority_unknown", "Choose low, normal or high priority.")
	case !n.Place.sound():
		return fault.NewInvalid("place", "position_invalid", "The place has no position on the globe.")
	}
	return CheckWindow(n.Window, now)
}

// Open opens a request in To be scheduled. For the system, dispatchers and admins, and for customers of the account:
// whose device it is, the caller has made sure. asked is what the client asked for, for the operation id.
//
// Errors: "request_open" when the device has an open request already, with its number, id and state, and may_update
// ("true" or "false"), whether customers may still add to it; Invalid with the field.
func (s *Service) Open(ctx context.Context, actor identity.Actor, op Operation, asked any, n NewRequest) (*Request, error) {
	if !actor.Is(identity.RoleCustomer, identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem) ||
		(actor.Is(identity.RoleCustomer) && actor.AccountID != n.AccountID) {
		return nil, fault.NewForbidden("role_forbidden", "You may not open requests for this company.")
	}
	if err := n.check(s.db.Now()); err != nil {
		return nil, err
	}
	key := once.Key{Person: actor.PersonID, ID: op.ID, Kind: "open"}
	r, err := once.InTx(ctx, s.db, key, asked, func(ctx context.Context, tx postgres.Tx) (*Request, error) { return s.open(ctx, tx, actor, op, n) })
	if postgres.IsCheck(err, "service_requests_device") { // it was moved or taken out of use in this very moment
		return nil, fault.NewNotFound("device_not_found", "There is no such device.", fault.Field("device_id"), fault.Cause(err))
	}
	if postgres.IsUnique(err, "service_requests_one_open") {
		return nil, s.openAlready(ctx, n.Device.ID, err)
	}
	return r, err
}

func (s *Service) open(ctx context.Context, tx postgres.Tx, actor identity.Actor, op Operation, n NewRequest) (*Request, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	var serial int64
	if err := tx.NewSelect().ColumnExpr("nextval('service_request_number')").Scan(ctx, &serial); err != nil {
		return nil, fmt.Errorf("dispatch: next number: %w", err)
	}
	now := tx.Now()
	r := &Request{
		ID: id, Number: Number(serial), State: ToBeScheduled, Version: 1,
		AccountID: n.AccountID, AccountName: n.AccountName, Device: n.Device, Place: n.Place, Contact: n.Contact,
		Category: n.Category, Description: n.Description, Priority: n.Priority,
		Skills: append([]string{}, n.Skills...), Parts: append([]string{}, n.Parts...),
		OpenedAt: now, UpdatedAt: now, ResolveBy: n.ResolveBy,
	}
	if r.Priority == "" {
		r.Priority = Normal
	}
	if actor.Is(identity.RoleCustomer) {
		r.OpenedBy = actor.PersonID
	}
	if n.RespondWithin > 0 {
		at := now.Add(n.RespondWithin)
		r.RespondBy = &at
	}
	if n.ResolveWithin > 0 && r.ResolveBy == nil {
		at := now.Add(n.ResolveWithin)
		r.ResolveBy = &at
	}
	if n.Window != nil {
		window := n.Window.exact()
		r.WindowStart, r.WindowEnd = &window.Start, &window.End
	}
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return nil, fmt.Errorf("dispatch: opening a request: %w", err)
	}
	c := &change{s: s, tx: tx, actor: actor, op: op, r: r, now: now}
	c.record(activityOpened, "", true)
	c.activity.To = ToBeScheduled
	if err := c.insertActivity(ctx); err != nil {
		return nil, err
	}
	if err := audit.Write(ctx, tx, actor, "request.opened", "request", r.ID, nil, summary(r)); err != nil {
		return nil, err
	}
	if n.Also != nil {
		if err := n.Also(ctx, tx, r); err != nil {
			return nil, err
		}
	}
	if actor.Is(identity.RoleCustomer) {
		if err := c.tellOpened(ctx); err != nil {
			return nil, err
		}
	}
	tx.AfterCommit(func() { s.signalRequest(r) })
	return r, nil
}

// openAlready names the request that the device has open.
func (s *Service) openAlready(ctx context.Context, device uuid.UUID, cause error) error {
	var r Request
	err := s.db.NewSelect().Model(&r).Where("device_id = ?", device).
		Where("state NOT IN (?, ?)", Completed, Cancelled).Limit(1).Scan(ctx)
	if err != nil { // it ended in this moment, or the database is gone: another try will tell
		return fault.Wrap(errors.Join(cause, err), fault.Unavailable, "try_again", "Please try again.")
	}
	return fault.Wrap(cause, fault.Exists, "request_open", "This device has an open request already: "+r.Number+".",
		fault.Field("device_id"), fault.Param("number", r.Number), fault.Param("id", r.ID.String()),
		fault.Param("state", string(r.State)), fault.Param("may_update", strconv.FormatBool(r.State.Updatable())))
}
