package life

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/supplies"
)

// Service tells of devices. It is safe for any number of goroutines.
type Service struct {
	db       *postgres.DB
	supplies *supplies.Service
}

// New makes a Service on a migrated database; supplies forecasts.
func New(db *postgres.DB, supplies *supplies.Service) *Service {
	return &Service{db: db, supplies: supplies}
}

// Query is whose life, and which lines of it.
type Query struct {
	Device uuid.UUID
	// Topics, any of them; empty means all.
	Topics []Topic
}

// Page says which part of a thread: its size, 1 to 100, where 0 means 10, and the token of the page before.
type Page struct {
	Size  int
	Token string
}

// Thread is a page of a device's life, the newest first.
type Thread struct {
	Entries []Entry
	// Next is the token of the next page; empty on the last.
	Next string
	// TimeZone is where the device stands, by its IANA name.
	TimeZone string
}

// List gives a page of a device's life. NotFound "device_not_found" for one that the actor may not see; Invalid for a bad page.
func (s *Service) List(ctx context.Context, actor identity.Actor, q Query, page Page) (thread Thread, err error) {
	size, err := portal.PageSize(page.Size)
	if err != nil {
		return thread, err
	}
	var after key
	if page.Token != "" {
		if err := portal.ReadPageToken(page.Token, &after); err != nil {
			return thread, err
		}
		if year := after.At.UTC().Year(); year < 1900 || year > 9999 || after.Rank < 0 || after.Rank > tonerRank {
			return thread, portal.ErrPageToken
		}
	}
	err = postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		d, err := visible(ctx, tx, actor, q.Device)
		if err != nil {
			return err
		}
		thread = Thread{TimeZone: d.Site.TimeZone}
		if thread.Entries, err = stored(ctx, tx, actor, d, q.Topics, after, size+1); err != nil {
			return err
		}
		if len(q.Topics) > 0 && !slices.Contains(q.Topics, Toner) {
			return nil
		}
		changes, err := s.supplies.TonerChanges(ctx, tx, d)
		if err != nil {
			return err
		}
		thread.Entries = append(thread.Entries, forecastsAfter(changes, after, size+1)...)
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err != nil {
		return Thread{}, err
	}
	slices.SortFunc(thread.Entries, func(a, b Entry) int {
		if a.key().newer(b.key()) {
			return -1
		}
		return 1
	})
	if len(thread.Entries) > size {
		thread.Entries = thread.Entries[:size]
		thread.Next, err = portal.PageToken(thread.Entries[size-1].key())
	}
	return thread, err
}

// forecastsAfter gives at most limit changes of forecast, which are the newest first, that come after a place in the thread.
func forecastsAfter(changes []supplies.TonerChange, after key, limit int) (found []Entry) {
	for i := range changes {
		e := Entry{Topic: Toner, Event: ForecastChanged, At: changes[i].At.UTC(), Toner: &changes[i], rank: tonerRank}
		if after != (key{}) && !after.newer(e.key()) {
			continue
		}
		if found = append(found, e); len(found) == limit {
			break
		}
	}
	return found
}

// visible gives a device that the actor may see; NotFound "device_not_found" for any other.
func visible(ctx context.Context, tx postgres.Tx, actor identity.Actor, id uuid.UUID) (portal.DeviceDetail, error) {
	switch {
	case actor.Is(identity.RoleCustomer):
		return portal.DeviceOfPerson(ctx, tx, actor, id)
	case actor.Is(identity.RoleTechnician):
		var sent bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM visits v JOIN service_requests r ON r.id = v.request_id
			WHERE v.technician_id = ? AND v.state IN ('assigned', 'accepted', 'en_route', 'on_site') AND r.device_id = ?)`, actor.TechnicianID, id).Scan(&sent)
		if err != nil {
			return portal.DeviceDetail{}, fmt.Errorf("life: asking whether a technician is sent to a device: %w", err)
		}
		if !sent {
			return portal.DeviceDetail{}, portal.ErrNoDevice
		}
	default:
		if err := portal.StaffOnly(actor); err != nil {
			return portal.DeviceDetail{}, err
		}
	}
	return portal.AnyDevice(ctx, tx, id)
}
