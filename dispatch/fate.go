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
	// Request is what it was about, with the number and the account's name as they were, and State where that stood
	// afterwards; empty when it was about none.
	Request             uuid.UUID
	Number, AccountName string
	State               State
	// OnDuty is whether a change of duty began it; nil when it was no such change.
	OnDuty *bool
	// Refusal is why it was refused for good; nil when it took effect.
	Refusal *fault.Error
}

// duty is the kind of SetDuty's operations in package once.
const duty = "duty"

// steps are the events that a technician takes.
var steps = []Event{Accept, Decline, Depart, Arrive, Complete, SecondVisit}

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
		if f, ok := known[id]; ok {
			if fates[i], err = fateOf(f); err != nil {
				return nil, err
			}
		}
	}
	return fates, nil
}

// phoneKinds are the kinds of operations that a technician does with the phone.
var phoneKinds = append([]string{duty}, namesOf(steps)...)

func namesOf(events []Event) []string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = string(e)
	}
	return names
}

type fateKey struct {
	At time.Time `json:"t"`
	ID uuid.UUID `json:"i"`
}

// AllFates tells what became of all steps and changes of duty of the technician who asks, from whatever phone, the newest first, as
// long as package once keeps them; next is empty on the last page. Invalid "page_token_invalid".
func (s *Service) AllFates(ctx context.Context, actor identity.Actor, page Page) (fates []Fate, next string, err error) {
	if err := mayWork(actor); err != nil {
		return nil, "", err
	}
	var before once.Place
	if page.Token != "" {
		var key fateKey
		if err := readToken(page.Token, &key, &key.At); err != nil {
			return nil, "", err
		}
		before = once.Place{At: key.At, ID: key.ID}
	}
	found, err := once.Latest(ctx, s.db, actor.PersonID, phoneKinds, before, page.Size+1)
	if err != nil {
		return nil, "", err
	}
	if len(found) > page.Size {
		found = found[:page.Size]
		last := found[page.Size-1]
		next = makeToken(fateKey{last.At, last.ID})
	}
	fates = make([]Fate, len(found))
	for i, f := range found {
		if fates[i], err = fateOf(f); err != nil {
			return nil, "", err
		}
	}
	return fates, next, nil
}

func fateOf(f once.Fate) (Fate, error) {
	fate := Fate{ID: f.ID, Known: true, Kind: f.Kind, At: f.At}
	switch {
	case f.Kind == duty:
		var t Technician
		if err := json.Unmarshal(f.Result, &t); err != nil {
			return fate, fmt.Errorf("dispatch: reading the outcome of a change of duty: %w", err)
		}
		fate.OnDuty = &t.OnDuty
	case slices.Contains(steps, Event(f.Kind)):
		var out outcome
		if err := json.Unmarshal(f.Result, &out); err != nil {
			return fate, fmt.Errorf("dispatch: reading the outcome of an operation: %w", err)
		}
		r := out.Request
		fate.Request, fate.Number, fate.AccountName, fate.State = r.ID, r.Number, r.AccountName, r.State
		if _, err := out.answer(); err != nil {
			fate.Refusal = fault.From(err)
		}
	}
	return fate, nil
}
