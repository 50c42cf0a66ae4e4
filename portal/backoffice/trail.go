package backoffice

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// TrailQuery asks for lines of the audit trail, or of who was shown personal data. Zero values let everything through.
type TrailQuery struct {
	ObjectKind        string
	ObjectID, ActorID uuid.UUID
	// Action is one, or a group with its dot: "device.".
	Action       string
	Since, Until *time.Time
	Page         Page
}

func (q TrailQuery) filter() (audit.Filter, int, error) {
	size, err := q.Page.size()
	if err != nil {
		return audit.Filter{}, 0, err
	}
	f := audit.Filter{
		ObjectKind: q.ObjectKind, ObjectID: q.ObjectID, ActorID: q.ActorID, Action: q.Action, Since: q.Since, Until: q.Until, Limit: size + 1,
	}
	if q.Page.Token != "" {
		if err := readToken(q.Page.Token, &f.After); err != nil {
			return audit.Filter{}, 0, err
		}
		if y := f.After.At.Year(); y < 1970 || y > 2200 {
			return audit.Filter{}, 0, errPageToken
		}
	}
	return f, size, nil
}

// Changes gives lines of the audit trail, newest first; Total is not counted. For admins, and for dispatchers where an
// object is named.
func (s *Service) Changes(ctx context.Context, actor identity.Actor, query TrailQuery) (Found[audit.Change], error) {
	if err := ofOne(actor, query.ObjectKind, query.ObjectID); err != nil {
		return Found[audit.Change]{}, err
	}
	return paged(query, func(f audit.Filter) ([]audit.Change, error) { return audit.Changes(ctx, s.db, f) }, audit.Change.Place)
}

// Reads gives who was shown personal data, newest first; Total is not counted. For admins.
func (s *Service) Reads(ctx context.Context, actor identity.Actor, query TrailQuery) (Found[audit.Seen], error) {
	if err := admins(actor); err != nil {
		return Found[audit.Seen]{}, err
	}
	return paged(query, func(f audit.Filter) ([]audit.Seen, error) { return audit.Reads(ctx, s.db, f) }, audit.Seen.Place)
}

func paged[T any](query TrailQuery, read func(audit.Filter) ([]T, error), place func(T) audit.Place) (found Found[T], err error) {
	f, size, err := query.filter()
	if err != nil {
		return found, err
	}
	if found.Rows, err = read(f); err != nil || len(found.Rows) <= size {
		return found, err
	}
	found.Rows = found.Rows[:size]
	raw, err := json.Marshal(place(found.Rows[size-1]))
	found.Next = base64.RawURLEncoding.EncodeToString(raw)
	return found, err
}

// textToken is a page token that holds one text.
func textToken(s string) string {
	raw, _ := json.Marshal(s) // a text always marshals
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Trace tells what happened to a change: the one with the id, or with uuid.Nil the actor's own last one of the object.
// For staff; dispatchers see no trail of people. NotFound change_not_found.
func (s *Service) Trace(ctx context.Context, actor identity.Actor, objectKind string, objectID, changeID uuid.UUID) (audit.Change, []audit.Fate, error) {
	if err := ofOne(actor, objectKind, objectID); err != nil {
		return audit.Change{}, nil, err
	}
	var (
		change audit.Change
		found  bool
		err    error
	)
	if changeID == uuid.Nil {
		change, found, err = audit.Last(ctx, s.db, objectKind, objectID, actor.PersonID)
	} else {
		change, found, err = audit.ByID(ctx, s.db, objectKind, objectID, changeID)
	}
	if err == nil && !found {
		err = fault.NewNotFound("change_not_found", "There is no such change of this.")
	}
	if err != nil {
		return audit.Change{}, nil, err
	}
	fates, err := audit.Fates(ctx, s.db, change)
	return change, fates, err
}

// ofOne lets admins see all, and dispatchers the trail of one object that is no person.
func ofOne(actor identity.Actor, objectKind string, objectID uuid.UUID) error {
	if err := staff(actor); err != nil {
		return err
	}
	if actor.Is(identity.RoleAdmin) || (objectKind != "" && objectKind != "person" && objectID != uuid.Nil) {
		return nil
	}
	return admins(actor)
}
