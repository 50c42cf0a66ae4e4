package dispatch

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/uptrace/bun"

	"utsendt/geo"
)

// roster is what this server remembers of the technicians on duty, so that finding the nearest asks no database. It
// follows the signals and is read anew now and then; who gets a job is decided in the database.
type roster struct {
	index *geo.Index[uuid.UUID]

	mu      sync.RWMutex
	members map[uuid.UUID]member
	puts    uint64
}

// member is a technician on duty and where they are.
type member struct {
	Technician
	// Fix is the live position; nil when none is known, and the home stands in for it.
	Fix *Position
	// put is the roster's count of puts at that of this member.
	put uint64
}

// point is where the plan lets the technician start.
func (m member) point() orb.Point {
	if m.Fix != nil {
		return m.Fix.Point
	}
	return m.Home()
}

func newRoster() *roster {
	return &roster{index: geo.NewIndex[uuid.UUID](), members: make(map[uuid.UUID]member)}
}

func (r *roster) put(m member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.putLocked(m)
}

func (r *roster) putLocked(m member) {
	if old, ok := r.members[m.ID]; ok && old.Version > m.Version {
		return // read before the row changed
	}
	if !m.OnDuty || !m.Active {
		delete(r.members, m.ID)
		r.index.Remove(m.ID)
		return
	}
	// A row read before a move was signalled does not take the move back; but what was seen in an earlier duty is gone.
	if old, ok := r.members[m.ID]; ok && old.Fix != nil && (m.Fix == nil || m.Fix.RecordedAt.Before(old.Fix.RecordedAt)) &&
		(m.DutySince == nil || !old.Fix.RecordedAt.Before(*m.DutySince)) {
		m.Fix = old.Fix
	}
	r.puts++
	m.put = r.puts
	if err := r.index.Move(m.ID, m.point()); err != nil {
		return // no position on the globe: the database does not let one in
	}
	r.members[m.ID] = m
}

// moved takes a new position of a technician who is known to be on duty.
func (r *roster) moved(p Position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, ok := r.members[p.TechnicianID]
	if !ok || (m.Fix != nil && p.RecordedAt.Before(m.Fix.RecordedAt)) {
		return
	}
	m.Fix = &p
	if r.index.Move(p.TechnicianID, p.Point) == nil {
		r.members[p.TechnicianID] = m
	}
}

// count is how often something was put in; see replace.
func (r *roster) count() uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.puts
}

// replace takes a whole new list that was begun to be read at a count: who was put in since stays.
func (r *roster) replace(members []member, since uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	keep := make(map[uuid.UUID]bool, len(members))
	for _, m := range members {
		keep[m.ID] = true
		r.putLocked(m)
	}
	for id, m := range r.members {
		if !keep[id] && m.put <= since {
			delete(r.members, id)
			r.index.Remove(id)
		}
	}
}

// readRoster reads technicians with their positions; all on duty, or those named.
func readRoster(ctx context.Context, db bun.IDB, ids ...uuid.UUID) ([]member, error) {
	var rows []struct {
		Technician `bun:",extend"`
		Latitude   *float64   `bun:"latitude"`
		Longitude  *float64   `bun:"longitude"`
		Accuracy   *float64   `bun:"accuracy"`
		Speed      *float64   `bun:"speed"`
		Heading    *float64   `bun:"heading"`
		RecordedAt *time.Time `bun:"recorded_at"`
	}
	q := db.NewSelect().TableExpr("technicians AS t").ColumnExpr("t.*").ColumnExpr(vanStock).
		ColumnExpr("p.latitude, p.longitude, p.accuracy, p.speed, p.heading, p.recorded_at").
		Join("LEFT JOIN technician_positions AS p ON p.technician_id = t.id")
	if len(ids) > 0 {
		q = q.Where("t.id IN (?)", bun.List(ids))
	} else {
		q = q.Where("t.on_duty")
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("dispatch: reading technicians: %w", err)
	}
	members := make([]member, len(rows))
	for i, row := range rows {
		members[i].Technician = row.Technician
		if row.RecordedAt != nil {
			members[i].Fix = &Position{
				TechnicianID: row.ID, Point: orb.Point{*row.Longitude, *row.Latitude}, Accuracy: *row.Accuracy,
				Speed: row.Speed, Heading: row.Heading, RecordedAt: row.RecordedAt.UTC(),
			}
		}
	}
	return members, nil
}

// nearest gives the k members nearest to a point among those that keep lets through. The roster is locked for
// reading around all of it: keep must not lock it again.
func (r *roster) nearest(from orb.Point, k int, keep func(member) bool) []member {
	r.mu.RLock()
	defer r.mu.RUnlock()
	found := r.index.Nearest(nil, from, k, func(id uuid.UUID) bool { return keep(r.members[id]) })
	members := make([]member, len(found))
	for i, n := range found {
		members[i] = r.members[n.Key]
	}
	return members
}
