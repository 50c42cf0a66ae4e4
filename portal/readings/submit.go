package readings

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// MaxEntries is how many readings one call takes.
const MaxEntries = 500

// Submit takes readings of devices that the customer follows, and tells of each what became of it. The same operation again
// gives the same results. Invalid "entries_missing", "entries_too_many"; Forbidden "customers_only".
func (s *Service) Submit(ctx context.Context, actor identity.Actor, op uuid.UUID, entries []Entry) ([]Result, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return nil, err
	}
	return s.enter(ctx, Ledger{Actor: actor, Source: FromCustomer}, op, entries)
}

// EnterForCustomer is Submit by staff, for devices of any company; of the account alone where one is named: WrongState
// "of_another_company" when a device is another's, and nothing is booked.
func (s *Service) EnterForCustomer(ctx context.Context, actor identity.Actor, op uuid.UUID, account uuid.UUID, entries []Entry) ([]Result, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return nil, err
	}
	return s.enter(ctx, Ledger{Actor: actor, Source: FromStaff, Account: account}, op, entries)
}

func (s *Service) enter(ctx context.Context, l Ledger, op uuid.UUID, entries []Entry) (results []Result, err error) {
	switch {
	case len(entries) == 0:
		return nil, fault.NewInvalid("entries", "entries_missing", "There is no reading to take.")
	case len(entries) > MaxEntries:
		return nil, fault.NewInvalid("entries", "entries_too_many", "At most 500 readings are taken at once.")
	}
	key := once.Key{Person: l.Actor.PersonID, ID: op, Kind: "readings.enter"}
	return once.InTx(ctx, s.db, key, entries, func(ctx context.Context, tx postgres.Tx) ([]Result, error) {
		return l.Enter(ctx, tx, append([]Entry(nil), entries...)) // which fills in times
	})
}
