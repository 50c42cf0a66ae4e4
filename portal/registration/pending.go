package registration

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Waiting is a registration that waits for staff, with whoever asks.
type Waiting struct {
	Registration `bun:",extend"`

	Person *identity.Person `bun:"rel:belongs-to,join:person_id=id"`
	// Overdue: the time to answer has passed.
	Overdue bool `bun:"-"`
}

// WaitingPage is one page of them, what is due first.
type WaitingPage struct {
	Registrations []Waiting
	// Next is the next page's token; empty on the last page.
	Next  string
	Total int64
}

// Pending lists what waits, what is due first; text is words that must all occur in account, person, serial number or
// site. For staff; that they saw the people is noted.
func (s *Service) Pending(ctx context.Context, actor identity.Actor, text string, page Page) (WaitingPage, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return WaitingPage{}, err
	}
	size, err := portal.PageSize(page.Size)
	if err != nil {
		return WaitingPage{}, err
	}
	var after struct {
		AnswerBy time.Time `json:"a"`
		ID       uuid.UUID `json:"i"`
	}
	if page.Token != "" {
		if err := portal.ReadPageToken(page.Token, &after); err != nil {
			return WaitingPage{}, err
		}
		if year := after.AnswerBy.UTC().Year(); year < 1970 || year > 9999 {
			return WaitingPage{}, portal.ErrPageToken
		}
	}
	var list WaitingPage
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		list = WaitingPage{}
		q := withDevice(tx.NewSelect().Model(&list.Registrations)).Relation("Person").Where("registration.state = ?", Pending)
		for _, word := range portal.SearchWords(text) {
			q = q.Where(`strpos(lower(concat_ws(' ', "device__account"."name", "device__account"."number", "person"."user_id",
				"person"."first_name", "person"."last_name", "device"."serial_number", "device__site"."name", "device__site"."city")), lower(?)) > 0`, word)
		}
		total, err := q.Count(ctx)
		if err != nil {
			return fmt.Errorf("registration: counting what waits: %w", err)
		}
		list.Total = int64(total)
		if page.Token != "" {
			q = q.Where("(registration.answer_by, registration.id) > (?, ?)", after.AnswerBy, after.ID)
		}
		if err := q.OrderExpr("registration.answer_by, registration.id").Limit(int64(size) + 1).Scan(ctx); err != nil {
			return fmt.Errorf("registration: listing what waits: %w", err)
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err != nil {
		return WaitingPage{}, err
	}
	if len(list.Registrations) > size {
		list.Registrations = list.Registrations[:size]
		last := list.Registrations[size-1]
		after.AnswerBy, after.ID = *last.AnswerBy, last.ID
		if list.Next, err = portal.PageToken(after); err != nil {
			return WaitingPage{}, err
		}
	}
	people := make([]uuid.UUID, 0, len(list.Registrations))
	for i := range list.Registrations {
		w := &list.Registrations[i]
		w.Overdue = w.AnswerBy.Before(s.db.Now())
		people = append(people, w.PersonID)
	}
	slices.SortFunc(people, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	if people = slices.Compact(people); len(people) > 0 {
		err = audit.Read(ctx, s.db, actor, "registration.list_pending", "person", people...)
	}
	return list, err
}
