package dispatch

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// Filter chooses requests for a dispatcher; its parts are combined.
type Filter struct {
	// States, any of them; empty means the open ones.
	States []State
	// Query is a number, a serial number, or words that all occur in account, place, contact or description.
	Query      string
	Technician uuid.UUID
	Account    uuid.UUID
	// DueBefore keeps those with a promise before it.
	DueBefore *time.Time
}

// Page says which part of a list.
type Page struct {
	Size  int
	Token string
}

// List is one page of requests with their live visits.
type List struct {
	Requests []*Request
	Next     string
	// Total is how many match in all.
	Total int
}

// queueKey is the order of the queue: what is promised soonest, then what was opened first.
type queueKey struct {
	Promise time.Time `json:"p"`
	Opened  time.Time `json:"o"`
	ID      uuid.UUID `json:"i"`
}

// promiseOrder is the SQL of that order; without a promise a request comes after those with one.
const promiseOrder = "coalesce(least(r.respond_by, r.resolve_by), 'infinity')"

// endOfTime stands in for 'infinity' in a page token.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// List gives the queue or a search, what is promised soonest first. For dispatchers.
func (s *Service) List(ctx context.Context, actor identity.Actor, f Filter, page Page) (List, error) {
	if err := mayRead(actor); err != nil {
		return List{}, err
	}
	var rows []*Request
	q, err := s.filtered(s.db.NewSelect().Model(&rows), f)
	if err != nil {
		return List{}, err
	}
	total, err := q.Count(ctx)
	if err != nil {
		return List{}, fmt.Errorf("dispatch: counting requests: %w", err)
	}
	if page.Token != "" {
		var after queueKey
		if err := readToken(page.Token, &after, &after.Promise, &after.Opened); err != nil {
			return List{}, err
		}
		q = q.Where("("+promiseOrder+", r.opened_at, r.id) > (?::timestamptz, ?, ?)",
			infinite(after.Promise), after.Opened, after.ID)
	}
	if err := q.OrderExpr(promiseOrder + ", r.opened_at, r.id").Limit(int64(page.Size) + 1).Scan(ctx); err != nil {
		return List{}, fmt.Errorf("dispatch: listing requests: %w", err)
	}
	list := List{Requests: rows, Total: int(total)}
	if len(rows) > page.Size {
		list.Requests = rows[:page.Size]
		last := list.Requests[page.Size-1]
		key := queueKey{endOfTime, last.OpenedAt, last.ID}
		if p := last.Promise(); p != nil {
			key.Promise = *p
		}
		list.Next = makeToken(key)
	}
	noted := s.noteShown(ctx, actor, "request.list", list.Requests...)
	return list, errors.Join(s.attachVisits(ctx, s.db, list.Requests), noted())
}

func (s *Service) filtered(q *bun.SelectQuery, f Filter) (*bun.SelectQuery, error) {
	if len(f.States) == 0 {
		q = q.Where("r.state NOT IN (?, ?)", Completed, Cancelled)
	} else {
		q = q.Where("r.state IN (?)", bun.List(f.States))
	}
	if f.Technician != uuid.Nil {
		q = q.Where("r.technician_id = ?", f.Technician)
	}
	if f.Account != uuid.Nil {
		q = q.Where("r.account_id = ?", f.Account)
	}
	if f.DueBefore != nil {
		q = q.Where("least(r.respond_by, r.resolve_by) < ?", *f.DueBefore)
	}
	if number, ok, checks := ParseNumber(f.Query); ok && strings.HasPrefix(strings.ToUpper(strings.TrimSpace(f.Query)), "SR") {
		if !checks {
			return nil, fault.NewInvalid("query", "number_mistyped", "There is a typing error in "+number+": its check digit does not fit.",
				fault.Param("number", number))
		}
		return q.Where("r.number = ?", number), nil
	}
	for word := range strings.FieldsSeq(f.Query) {
		pattern := "%" + escapeLike(word) + "%"
		q = q.Where(`concat_ws(' ', r.number, r.serial_number, r.friendly_name, r.model, r.account_name, r.line1, r.line2,
			r.postal_code, r.city, r.contact_name, r.description) ILIKE ?`, pattern)
	}
	return q, nil
}

// attachVisits reads the live visits of requests in one query.
func (s *Service) attachVisits(ctx context.Context, db bun.IDB, requests []*Request) error {
	byVisit := make(map[uuid.UUID]*Request)
	for _, r := range requests {
		if r.VisitID != uuid.Nil {
			byVisit[r.VisitID] = r
		}
	}
	if len(byVisit) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, 0, len(byVisit))
	for id := range byVisit {
		ids = append(ids, id)
	}
	var visits []*Visit
	if err := visitQuery(db.NewSelect().Model(&visits)).Where("v.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return fmt.Errorf("dispatch: reading visits: %w", err)
	}
	for _, v := range visits {
		byVisit[v.ID].Visit = v
	}
	return nil
}

// visitQuery adds the technician's name to a query on visits.
func visitQuery(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("?TableColumns").Join("JOIN technicians AS t ON t.id = v.technician_id").
		ColumnExpr("trim(t.first_name || ' ' || t.last_name) AS technician_name").
		ColumnExpr("t.first_name AS technician_first_name")
}

// Detail is one request with everything staff may know.
type Detail struct {
	Request    *Request
	Activities []Activity
	Visits     []*Visit
	Allowed    []Event
}

// Get gives one request by id or number. For dispatchers.
func (s *Service) Get(ctx context.Context, actor identity.Actor, idOrNumber string) (d Detail, err error) {
	if err := mayRead(actor); err != nil {
		return Detail{}, err
	}
	r, err := s.Find(ctx, idOrNumber)
	if err != nil {
		return Detail{}, err
	}
	noted := s.noteShown(ctx, actor, "request.get", r)
	defer func() { err = errors.Join(err, noted()) }()
	d = Detail{Request: r, Allowed: Allowed(r.State, actor.Role)}
	if d.Activities, err = readActivities(ctx, s.db, r.ID); err != nil {
		return Detail{}, err
	}
	if err := visitQuery(s.db.NewSelect().Model(&d.Visits)).Where("v.request_id = ?", r.ID).
		OrderExpr("v.assigned_at, v.id").Scan(ctx); err != nil {
		return Detail{}, fmt.Errorf("dispatch: reading visits: %w", err)
	}
	for _, v := range d.Visits {
		if v.ID == r.VisitID {
			r.Visit = v
		}
	}
	return d, nil
}

// Find gives one request by id or number, without a look at who asks: the caller decides that. ErrNoRequest when
// there is none; "number_mistyped" when the check digit is wrong.
func (s *Service) Find(ctx context.Context, idOrNumber string) (*Request, error) {
	r := new(Request)
	q := s.db.NewSelect().Model(r)
	if id, err := uuid.Parse(idOrNumber); err == nil {
		q = q.Where("r.id = ?", id)
	} else if number, ok, checks := ParseNumber(idOrNumber); !ok {
		return nil, ErrNoRequest
	} else if !checks {
		return nil, fault.NewInvalid("id", "number_mistyped",
			"There is a typing error in "+number+": its check digit does not fit.", fault.Param("number", number))
	} else {
		q = q.Where("r.number = ?", number)
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoRequest
	}
	if err != nil {
		return nil, fmt.Errorf("dispatch: finding a request: %w", err)
	}
	return r, nil
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

func infinite(t time.Time) any {
	if !t.Before(endOfTime) {
		return "infinity"
	}
	return t
}

// makeToken makes an opaque page token of a sort key.
func makeToken(key any) string {
	data, err := json.Marshal(key)
	if err != nil {
		panic(fmt.Sprintf("dispatch: a sort key that is no JSON: %v", err)) // a programming error
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// readToken reads it back. Tokens come from outside: times are those in the key, to see that they are any.
func readToken(token string, key any, times ...*time.Time) error {
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(data, key)
	}
	// PostgreSQL has no text with NUL and no year 0.
	if err == nil && (bytes.Contains(data, []byte(`\u0000`)) || slices.ContainsFunc(times, func(t *time.Time) bool {
		return t.UTC().Year() < 1 || t.UTC().Year() > 9999
	})) {
		err = errors.New("a sort key that nothing has")
	}
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "page_token_invalid", "The page token is not one of ours.", fault.Field("page_token"))
	}
	return nil
}

// Narrow narrows a query on requests (alias r) to those that somebody may see.
type Narrow func(*bun.SelectQuery) *bun.SelectQuery

// OfAccount gives the requests of an account that narrow leaves, newest first, for the portal.
func (s *Service) OfAccount(ctx context.Context, account uuid.UUID, narrow Narrow, openOnly bool, device uuid.UUID, page Page) (List, error) {
	type key struct {
		Opened time.Time `json:"o"`
		ID     uuid.UUID `json:"i"`
	}
	var rows []*Request
	q := s.db.NewSelect().Model(&rows).Where("r.account_id = ?", account).Apply(narrow)
	if openOnly {
		q = q.Where("r.state NOT IN (?, ?)", Completed, Cancelled)
	}
	if device != uuid.Nil {
		q = q.Where("r.device_id = ?", device)
	}
	if page.Token != "" {
		var after key
		if err := readToken(page.Token, &after, &after.Opened); err != nil {
			return List{}, err
		}
		q = q.Where("(r.opened_at, r.id) < (?, ?)", after.Opened, after.ID)
	}
	if err := q.OrderExpr("r.opened_at DESC, r.id DESC").Limit(int64(page.Size) + 1).Scan(ctx); err != nil {
		return List{}, fmt.Errorf("dispatch: listing requests: %w", err)
	}
	list := List{Requests: rows}
	if len(rows) > page.Size {
		list.Requests = rows[:page.Size]
		last := list.Requests[page.Size-1]
		list.Next = makeToken(key{last.OpenedAt, last.ID})
	}
	return list, s.attachVisits(ctx, s.db, list.Requests)
}
