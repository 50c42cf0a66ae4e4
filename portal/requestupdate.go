package portal

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal/support"
)

// Addition is what a customer adds to an open request.
type Addition struct {
	Request uuid.UUID
	Text    string
	Photos  []uuid.UUID
}

// Update adds to an open request of a device that the customer follows, until a technician has been dispatched; see
// dispatch.Service.Update. After that the error "update_too_late" says whom to call.
func (s *Requests) Update(ctx context.Context, actor identity.Actor, op dispatch.Operation, add Addition) (*dispatch.Request, error) {
	if _, err := s.Find(ctx, actor, add.Request.String()); err != nil {
		return nil, err
	}
	a := dispatch.Addition{Request: add.Request, Text: add.Text}
	if len(add.Photos) > 0 {
		a.Also = func(ctx context.Context, tx postgres.Tx, r *dispatch.Request) error {
			return s.attach(ctx, tx, actor, r, add.Photos)
		}
	}
	r, err := s.dispatch.Update(ctx, actor, op, add, a)
	if fault.ReasonOf(err) == "update_too_late" {
		return nil, s.withSupport(ctx, actor, err)
	}
	return r, err
}

// Support is whom the actor's company calls; false where there is no support in its country.
func (s *Requests) Support(ctx context.Context, actor identity.Actor) (support.Contact, bool, error) {
	var country string
	if err := s.db.NewSelect().TableExpr("accounts").Column("country").Where("id = ?", actor.AccountID).Scan(ctx, &country); err != nil {
		return support.Contact{}, false, fmt.Errorf("portal: reading a country: %w", err)
	}
	c, ok := support.Of(country)
	return c, ok, nil
}

// withSupport adds whom to call to an error.
func (s *Requests) withSupport(ctx context.Context, actor identity.Actor, cause error) error {
	c, ok, err := s.Support(ctx, actor)
	if err != nil {
		return err
	}
	if !ok {
		return cause
	}
	return fault.From(cause).With(fault.Param("support_phone", c.Phone), fault.Param("support_email", c.Email))
}
