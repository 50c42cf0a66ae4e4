package dispatch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
)

// Fate is what became of an operation of a technician's.
type Fate struct {
	ID uuid.UUID
	// Known is false for one that never arrived, failed without a trace, or is too old; then the rest is empty.
	Known bool
	Kind  string
	At    time.Time
	// Request is what it was about, and State where that stood afterwards; empty when it was about none.
	Request uuid.UUID
	State   State
	// Refusal is why it was refused for good; nil when it took effect.
	Refusal *fault.Error
}

// Fates tells what became of operations of the technician who asks, in the order asked. Other people's are not known.
func (s *Service) Fates(ctx context.Context, actor identity.Actor, ids []uuid.UUID) ([]Fate, error) {
	if err := mayWork(actor); err != nil {
		return nil, err
	}
	known, err := once.Fates(ctx, s.db, actor.PersonID, ids)
	if err != nil {
		return nil, err
	}
	fates := make([]Fate, len(ids))
	for i, id := range ids {
		fates[i].ID = id
		f, ok := known[id]
		if !ok {
			continue
		}
		fates[i].Known, fates[i].Kind, fates[i].At = true, f.Kind, f.At
		if !slices.Contains(steps, Event(f.Kind)) {
			continue
		}
		var out outcome
		if err := json.Unmarshal(f.Result, &out); err != nil {
			return nil, fmt.Errorf("dispatch: reading the outcome of an operation: %w", err)
		}
		fates[i].Request, fates[i].State = out.Request.ID, out.Request.State
		if _, err := out.answer(); err != nil {
			fates[i].Refusal = fault.From(err)
		}
	}
	return fates, nil
}

// steps are the events that a technician takes.
var steps = []Event{Accept, Decline, Depart, Arrive, Complete, SecondVisit}
