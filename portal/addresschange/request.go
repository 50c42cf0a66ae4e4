package addresschange

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/workdays"
)

// Wish is what a customer asks for.
type Wish struct {
	// DeviceID is one that they follow; the others of the account at its site move with it.
	DeviceID uuid.UUID
	// RequestID is the service request it is asked with, stored already; uuid.Nil for none.
	RequestID uuid.UUID
	Reason    string
	Address   Address
}

// maxReason is how many letters a reason may have.
const maxReason = 1000

// Request asks for a change. NotFound "device_not_found" for a device that the customer does not follow; Exists
// "address_change_pending", with its id as parameter "address_change_id", when one is pending for the site; Invalid
// "address_unchanged" when the site has that address.
func (s *Service) Request(ctx context.Context, actor identity.Actor, op uuid.UUID, w Wish) (Change, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Change{}, err
	}
	return once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: op, Kind: "request_address_change"}, w,
		func(ctx context.Context, tx postgres.Tx) (Change, error) {
			return s.RequestInTx(ctx, tx, actor, w)
		})
}

// RequestInTx is Request as part of another change, in its transaction and under its operation. When it fails with a
// fault the transaction is still good.
func (s *Service) RequestInTx(ctx context.Context, tx postgres.Tx, actor identity.Actor, w Wish) (Change, error) {
	d, err := portal.DeviceOfPerson(ctx, tx, actor, w.DeviceID)
	if err != nil {
		return Change{}, err
	}
	return s.ask(ctx, tx, actor, d, w)
}

// ask stores a wish about a device that the actor may ask for.
func (s *Service) ask(ctx context.Context, tx postgres.Tx, actor identity.Actor, d portal.DeviceDetail, w Wish) (Change, error) {
	address, err := w.Address.Clean()
	if err != nil {
		return Change{}, err
	}
	reason := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(w.Reason, "\uFFFD"), "\x00", ""))
	switch {
	case reason == "":
		return Change{}, fault.NewInvalid("reason", "reason_missing", "Say why.")
	case utf8.RuneCountInString(reason) > maxReason:
		return Change{}, fault.NewInvalid("reason", "reason_too_long", "The reason has more than 1000 letters.", fault.Param("max", "1000"))
	}
	if address == AddressOf(d.Site) {
		return Change{}, fault.NewInvalid("address", "address_unchanged", "This is the address that the site has.")
	}
	c := Change{
		ID: uuid.Must(uuid.NewV7()), AccountID: d.AccountID, SiteID: d.SiteID, DeviceID: d.ID, RequestID: w.RequestID,
		RequestedBy: actor.PersonID, Reason: reason, Was: AddressOf(d.Site), Address: address, State: Pending,
		RequestedAt: tx.Now(), AnswerBy: workdays.AddWorkdays(d.Account.Country, d.Site.TimeZone, tx.Now(), answerWorkdays), UpdatedAt: tx.Now(),
	}
	res, err := tx.NewInsert().Model(&c).On("CONFLICT (site_id) WHERE state = 'pending' DO NOTHING").Exec(ctx)
	if err != nil {
		return Change{}, fmt.Errorf("addresschange: storing: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return Change{}, fmt.Errorf("addresschange: storing: %w", err)
	} else if n == 0 {
		pending, err := pendingOf(ctx, tx, d.SiteID)
		if err != nil {
			return Change{}, err
		}
		if pending == uuid.Nil { // decided between the two statements
			return Change{}, fault.NewUnavailable("address_change_just_decided", "Please try again.")
		}
		return Change{}, fault.NewExists("address_change_pending", "A change of this site's address is waiting for an answer already.",
			fault.Param("address_change_id", pending.String()))
	}
	if err := audit.Write(ctx, tx, actor, "address_change.request", "address_change", c.ID, nil, c.audited()); err != nil {
		return Change{}, err
	}
	c.Site, c.Device, c.Account = d.Site, &d.Device, d.Account
	return c, s.tellReceived(ctx, tx, actor, c)
}

// Withdraw takes a pending change back. NotFound "address_change_not_found" for one of a site where the customer follows
// nothing; Forbidden "address_change_not_yours" for a colleague's; WrongState "address_change_decided" for one decided.
func (s *Service) Withdraw(ctx context.Context, actor identity.Actor, op, id uuid.UUID) (Change, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Change{}, err
	}
	return once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: op, Kind: "withdraw_address_change"}, id,
		func(ctx context.Context, tx postgres.Tx) (Change, error) {
			return s.withdraw(ctx, tx, actor, id)
		})
}

func (s *Service) withdraw(ctx context.Context, tx postgres.Tx, actor identity.Actor, id uuid.UUID) (Change, error) {
	if err := hold(ctx, tx, id); err != nil {
		return Change{}, err
	}
	c, err := one(ctx, tx, id, visible(tx, actor))
	if err != nil {
		return Change{}, err
	}
	if c.RequestedBy != actor.PersonID {
		return Change{}, errNotYours
	}
	if err := c.stillPending(); err != nil {
		return Change{}, err
	}
	before := c.audited()
	if err := c.decide(ctx, tx, actor, Withdrawn, ""); err != nil {
		return Change{}, err
	}
	return c, audit.Write(ctx, tx, actor, "address_change.withdraw", "address_change", c.ID, before, c.audited())
}
