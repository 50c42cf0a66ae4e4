package dispatch

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
)

// Recall takes a request from its technician, back to To be scheduled.
func (s *Service) Recall(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID, version int64, reason string) (*Request, error) {
	return s.withdraw(ctx, actor, op, Recall, request, version, reason)
}

// Cancel ends a request without a repair, with a reason that the customer sees.
func (s *Service) Cancel(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID, version int64, reason string) (*Request, error) {
	return s.withdraw(ctx, actor, op, Cancel, request, version, reason)
}

func (s *Service) withdraw(ctx context.Context, actor identity.Actor, op Operation, event Event,
	request uuid.UUID, version int64, reason string,
) (*Request, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	if strings.TrimSpace(reason) == "" {
		return nil, fault.NewInvalid("reason", "reason_missing", "Say why.")
	}
	return s.do(ctx, actor, op, string(event), reason, request, version, func(ctx context.Context, c *change) (*refusal, error) {
		if err := c.step(event, reason); err != nil {
			return nil, err
		}
		now := c.now
		if technician := c.r.TechnicianID; technician != uuid.Nil {
			if _, err := lockTechnicians(ctx, c.tx, technician); err != nil {
				return nil, err
			}
			state := VisitRecalled
			if event == Cancel {
				state = VisitCancelled
			}
			if err := c.endVisit(ctx, state, reason, now); err != nil {
				return nil, err
			}
			c.tellTechnician(notify.JobWithdrawn, technician, reason)
		}
		if event == Cancel {
			c.r.EndedAt, c.r.Outcome = &now, reason
			c.tellCustomer(notify.Cancelled, "", reason)
			return nil, nil
		}
		c.r.backToQueue()
		c.tellCustomer(notify.ToBeScheduled, "", "")
		return nil, nil
	})
}

// backToQueue forgets how far the last visit came.
func (r *Request) backToQueue() {
	r.DispatchedAt, r.EnRouteAt, r.OnSiteAt, r.NearlyThereAt = nil, nil, nil, nil
}

// AgreeWindow sets the span in which the customer expects the technician, or clears it with nil. Only in To be
// scheduled. A span that has passed, ends before it begins or is longer than 14 days is Invalid.
func (s *Service) AgreeWindow(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID, version int64, window *Span) (*Request, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	if err := CheckWindow(window, s.db.Now()); err != nil {
		return nil, err
	}
	return s.do(ctx, actor, op, string(Schedule), window, request, version, func(_ context.Context, c *change) (*refusal, error) {
		if err := c.step(Schedule, ""); err != nil {
			return nil, err
		}
		c.r.WindowStart, c.r.WindowEnd = nil, nil
		if window != nil {
			w := window.exact()
			c.r.WindowStart, c.r.WindowEnd = &w.Start, &w.End
		}
		return nil, nil
	})
}

// CheckWindow says what is wrong with a wished or agreed span; nil is no wish.
func CheckWindow(window *Span, now time.Time) error {
	switch {
	case window == nil:
		return nil
	case !window.exact().Start.Before(window.exact().End):
		return fault.NewInvalid("window", "window_empty", "The time must end after it begins.")
	case !window.End.After(now):
		return fault.NewInvalid("window", "window_past", "The time has passed already.")
	case window.End.Sub(window.Start) > 14*24*time.Hour:
		return fault.NewInvalid("window", "window_long", "The time may be two weeks at most.")
	case window.End.Sub(now) > 366*24*time.Hour:
		return fault.NewInvalid("window", "window_far", "The time is more than a year away.")
	}
	return nil
}

// AddNote adds a line for staff and technician that the customer does not see. Possible in every state.
func (s *Service) AddNote(ctx context.Context, actor identity.Actor, op Operation, request uuid.UUID, text string) (*Request, error) {
	if err := mayRead(actor); err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, fault.NewInvalid("text", "text_missing", "The note is empty.")
	}
	return s.do(ctx, actor, op, activityNote, text, request, 0, func(_ context.Context, c *change) (*refusal, error) {
		c.record(activityNote, text, false)
		if c.r.TechnicianID != uuid.Nil {
			c.touched = append(c.touched, c.r.TechnicianID)
		}
		return nil, nil
	})
}
