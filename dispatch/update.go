package dispatch

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
)

// Updatable reports whether customers may still add to a request: until a technician has been dispatched.
func (s State) Updatable() bool { return s == ToBeScheduled }

// Addition is what a customer adds to an open request.
type Addition struct {
	// Request is of the actor's company; that they may see it, the caller has made sure.
	Request uuid.UUID
	// Text may be empty when something else comes with the addition.
	Text string
	// Also is done in the same transaction; nil does nothing. See NewRequest.Also.
	Also Also `json:"-"`
}

// Update adds what a customer says to their open request, and tells every dispatcher. asked is what the client asked
// for, for the operation id. Possible until a technician has been dispatched: the request is locked, so that of a
// dispatcher's Assign and an update one comes after the other, and an update that comes after is refused.
//
// Errors: ErrNoRequest for another company's; WrongState "update_too_late" with the state.
func (s *Service) Update(ctx context.Context, actor identity.Actor, op Operation, asked any, a Addition) (*Request, error) {
	if strings.TrimSpace(a.Text) == "" && a.Also == nil {
		return nil, fault.NewInvalid("text", "text_missing", "Write what you want to add.")
	}
	return s.do(ctx, actor, op, string(Update), asked, a.Request, 0, func(ctx context.Context, c *change) (*refusal, error) {
		if c.actor.AccountID != c.r.AccountID {
			return nil, ErrNoRequest
		}
		if err := c.step(Update, a.Text); err != nil {
			if fault.ReasonOf(err) == "wrong_state" {
				return nil, tooLate(c.r.State, err)
			}
			return nil, err
		}
		if a.Also != nil {
			if err := a.Also(ctx, c.tx, c.r); err != nil {
				return nil, err
			}
		}
		c.tellStaff(notify.RequestUpdated, a.Text)
		return nil, nil
	})
}

func tooLate(state State, cause error) error {
	why := "a technician has been dispatched"
	if !state.Open() {
		why = "it has ended"
	}
	return fault.Wrap(cause, fault.WrongState, "update_too_late",
		"The request can no longer be updated: "+why+" (it is "+state.Words()+").", fault.Param("state", string(state)))
}
