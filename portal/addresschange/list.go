package addresschange

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/portal"
)

// List is one page of changes.
type List struct {
	Changes []Change
	// Next is the next page's token; empty on the last page.
	Next string
}

// place is where a row stands in a list.
type place struct {
	At time.Time `json:"a"`
	ID uuid.UUID `json:"i"`
}

// readPlace reads a page token; the zero place for the first page.
func readPlace(token string) (place, error) {
	var p place
	if token == "" {
		return p, nil
	}
	if err := portal.ReadPageToken(token, &p); err != nil {
		return p, err
	}
	if year := p.At.UTC().Year(); year < 1970 || year > 9999 {
		return p, portal.ErrPageToken
	}
	return p, nil
}

// cut keeps a page of size and makes the token of the next.
func (l *List) cut(size int, at func(Change) time.Time) (err error) {
	if len(l.Changes) > size {
		l.Changes = l.Changes[:size]
		last := l.Changes[size-1]
		l.Next, err = portal.PageToken(place{at(last), last.ID})
	}
	return err
}

// Mine lists the changes of sites where the customer follows a device, newest first. Of the devices it names those that
// they follow.
func (s *Service) Mine(ctx context.Context, actor identity.Actor, pendingOnly bool, page Page) (List, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return List{}, err
	}
	size, err := portal.PageSize(page.Size)
	if err != nil {
		return List{}, err
	}
	after, err := readPlace(page.Token)
	if err != nil {
		return List{}, err
	}
	var list List
	q := s.db.NewSelect().Model(&list.Changes).Apply(withNames).Apply(visible(s.db, actor))
	if pendingOnly {
		q = q.Where("change.state = ?", Pending)
	}
	if page.Token != "" {
		q = q.Where("(change.requested_at, change.id) < (?, ?)", after.At, after.ID)
	}
	if err := q.OrderExpr("change.requested_at DESC, change.id DESC").Limit(int64(size) + 1).Scan(ctx); err != nil {
		return List{}, fmt.Errorf("addresschange: listing: %w", err)
	}
	if err := list.cut(size, func(c Change) time.Time { return c.RequestedAt }); err != nil {
		return List{}, err
	}
	return list, hide(ctx, s.db, actor, list.Changes)
}

// Get gives one of them; NotFound "address_change_not_found" for any other.
func (s *Service) Get(ctx context.Context, actor identity.Actor, id uuid.UUID) (Change, error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return Change{}, err
	}
	c, err := one(ctx, s.db, id, visible(s.db, actor))
	if err != nil {
		return Change{}, err
	}
	rows := []Change{c}
	err = hide(ctx, s.db, actor, rows)
	return rows[0], err
}

// hide takes the devices out that the customer does not follow, and the service requests with them.
func hide(ctx context.Context, idb bun.IDB, actor identity.Actor, rows []Change) error {
	for i := range rows {
		follows, err := portal.Follows(ctx, idb, actor, rows[i].DeviceID)
		if err != nil {
			return err
		}
		if !follows {
			rows[i].DeviceID, rows[i].Device, rows[i].RequestID = uuid.Nil, nil, uuid.Nil
		}
	}
	return nil
}

// ForStaff lists what waits, what is due first; or what was decided, newest first. That they saw who asked is noted.
func (s *Service) ForStaff(ctx context.Context, actor identity.Actor, decided bool, page Page) (List, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return List{}, err
	}
	size, err := portal.PageSize(page.Size)
	if err != nil {
		return List{}, err
	}
	after, err := readPlace(page.Token)
	if err != nil {
		return List{}, err
	}
	var list List
	q := s.db.NewSelect().Model(&list.Changes).Apply(withNames).Relation("Person").Limit(int64(size) + 1)
	at := func(c Change) time.Time { return c.AnswerBy }
	if decided {
		at = func(c Change) time.Time { return *c.DecidedAt }
		q = q.Where("change.state <> ?", Pending).OrderExpr("change.decided_at DESC, change.id DESC")
		if page.Token != "" {
			q = q.Where("(change.decided_at, change.id) < (?, ?)", after.At, after.ID)
		}
	} else {
		q = q.Where("change.state = ?", Pending).OrderExpr("change.answer_by, change.id")
		if page.Token != "" {
			q = q.Where("(change.answer_by, change.id) > (?, ?)", after.At, after.ID)
		}
	}
	if err := q.Scan(ctx); err != nil {
		return List{}, fmt.Errorf("addresschange: listing: %w", err)
	}
	if err := list.cut(size, at); err != nil {
		return List{}, err
	}
	seen := map[uuid.UUID]bool{}
	var people []uuid.UUID
	for _, c := range list.Changes {
		if !seen[c.RequestedBy] {
			seen[c.RequestedBy] = true
			people = append(people, c.RequestedBy)
		}
	}
	return list, audit.Read(ctx, s.db, actor, "address_change.list", "person", people...)
}
