package notify

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

const (
	defaultPage = 25
	maxPage     = 100
	// maxOfSubject is far more than any request has.
	maxOfSubject = 500
)

// ListNotifications gives the actor's messages with their deliveries, newest first. size is at most 100; 0
// means 25. next is the token of the next page, empty on the last. A token that is none of ours is Invalid,
// page_token_invalid.
func (s *Service) ListNotifications(ctx context.Context, actor identity.Actor, size int, token string,
) (page []Notification, next string, err error) {
	if err := signedIn(actor); err != nil {
		return nil, "", err
	}
	return s.newestFirst(ctx, size, token, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("notification.person_id = ?", actor.PersonID)
	})
}

// About says which messages staff want to see. The zero About means all.
type About struct {
	// SubjectKind and Subject are what they are about, "request" and its id; both or none.
	SubjectKind string
	Subject     uuid.UUID
	// Person is whom they went to.
	Person uuid.UUID
}

// ListMessages gives what was sent to anybody, newest first, with people's names, in pages as ListNotifications. For
// dispatchers and admins; Forbidden role_not_allowed for others, who have ListNotifications. That an actor was shown
// the messages of people is noted in the audit trail.
func (s *Service) ListMessages(ctx context.Context, actor identity.Actor, about About, size int, token string,
) (page []Notification, next string, err error) {
	if !actor.Is(identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem) {
		return nil, "", errStaffOnly
	}
	page, next, err = s.newestFirst(ctx, size, token, func(q *bun.SelectQuery) *bun.SelectQuery {
		if about.Subject != uuid.Nil {
			q = q.Where("notification.subject_kind = ? AND notification.subject_id = ?", about.SubjectKind, about.Subject)
		}
		if about.Person != uuid.Nil {
			q = q.Where("notification.person_id = ?", about.Person)
		}
		return q.ColumnExpr("concat_ws(' ', NULLIF(p.first_name, ''), NULLIF(p.last_name, '')) AS person_name").
			Join("LEFT JOIN people AS p ON p.id = notification.person_id")
	})
	if err != nil {
		return nil, "", err
	}
	return page, next, audit.Read(ctx, s.db, actor, "message.list", "person", peopleOf(page)...)
}

var errStaffOnly = fault.NewForbidden("role_not_allowed", "Only dispatchers can see what was sent to others.")

// peopleOf are those whom messages went to, each once.
func peopleOf(list []Notification) []uuid.UUID {
	var ids []uuid.UUID
	for _, n := range list {
		if n.PersonID != uuid.Nil && !slices.Contains(ids, n.PersonID) {
			ids = append(ids, n.PersonID)
		}
	}
	return ids
}

// newestFirst gives one page of the messages that which leaves.
func (s *Service) newestFirst(ctx context.Context, size int, token string, which func(*bun.SelectQuery) *bun.SelectQuery,
) (page []Notification, next string, err error) {
	if size < 0 || size > maxPage {
		return nil, "", fault.NewInvalid("page_size", "page_size_invalid", "The page size must be between 0 and 100.")
	}
	if size == 0 {
		size = defaultPage
	}
	query := s.db.NewSelect().Model(&page).ColumnExpr("notification.*").Apply(which).
		Order("notification.sequence DESC").Limit(int64(size) + 1)
	if token != "" {
		before, err := parseToken(token)
		if err != nil {
			return nil, "", err
		}
		query = query.Where("notification.sequence < ?", before)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("notify: reading messages: %w", err)
	}
	if len(page) > size {
		page = page[:size]
		next = makeToken(page[size-1].Sequence)
	}
	return page, next, s.addDeliveries(ctx, page)
}

// OfSubject gives all messages about one thing ("request" and its id) to whomever they went, with their
// deliveries and the people's names, oldest first, the newest 500 at most. For dispatchers; Forbidden for
// others, who have ListNotifications. An unknown subject has none.
func (s *Service) OfSubject(ctx context.Context, actor identity.Actor, subjectKind string, subject uuid.UUID,
) ([]Notification, error) {
	if !actor.Is(identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem) {
		return nil, errStaffOnly
	}
	var list []Notification
	newest := s.db.NewSelect().TableExpr("notifications").ColumnExpr("*").
		Where("subject_kind = ? AND subject_id = ?", subjectKind, subject).
		Order("sequence DESC").Limit(maxOfSubject)
	err := s.db.NewSelect().Model(&list).ModelTableExpr("(?) AS notification", newest).
		ColumnExpr("notification.*, concat_ws(' ', NULLIF(p.first_name, ''), NULLIF(p.last_name, '')) AS person_name").
		Join("LEFT JOIN people AS p ON p.id = notification.person_id").
		Order("notification.sequence").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("notify: reading messages: %w", err)
	}
	return list, s.addDeliveries(ctx, list)
}

// addDeliveries fills in the deliveries of messages, in one statement.
func (s *Service) addDeliveries(ctx context.Context, list []Notification) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[uuid.UUID]int, len(list))
	ids := make([]uuid.UUID, len(list))
	for i, n := range list {
		at[n.ID], ids[i] = i, n.ID
	}
	var deliveries []Delivery
	err := s.db.NewSelect().Model(&deliveries).Where("delivery.notification_id IN (?)", bun.List(ids)).
		Order("delivery.id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("notify: reading deliveries: %w", err)
	}
	for _, d := range deliveries {
		n := &list[at[d.NotificationID]]
		n.Deliveries = append(n.Deliveries, d)
	}
	return nil
}

// A page token is the sequence of the last message seen. It gives nothing away: the query is bound to the
// actor all the same.
func makeToken(sequence int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(sequence, 10)))
}

func parseToken(token string) (int64, error) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		var sequence int64
		if sequence, err = strconv.ParseInt(string(text), 10, 64); err == nil && sequence > 0 {
			return sequence, nil
		}
	}
	return 0, fault.NewInvalid("page_token", "page_token_invalid", "The page token is not one of ours.")
}
