package dispatchtest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/uptrace/bun/dialect/pgdialect"

	"utsendt/dispatch"
	"utsendt/geo"
	"utsendt/internal/identity"
)

// Technician is one of a World's technicians.
type Technician struct {
	ID    uuid.UUID
	Actor identity.Actor
}

// profile is what a technician is made with.
type profile struct {
	dispatch.Technician
	stock  map[string]int
	onDuty bool
	at     *orb.Point
}

// Trait changes what a technician is made with.
type Trait func(*profile)

// At puts the technician on duty at a point that the phone just reported.
func At(p orb.Point) Trait { return func(f *profile) { f.at = &p } }

// OffDuty leaves the technician at home.
func OffDuty() Trait { return func(f *profile) { f.onDuty = false } }

// Skilled gives the technician skills.
func Skilled(skills ...string) Trait { return func(f *profile) { f.Skills = skills } }

// Territory binds the technician to postal code prefixes.
func Territory(prefixes ...string) Trait {
	return func(f *profile) { f.Technician.Territory = prefixes }
}

// Carries puts one of each part into the van.
func Carries(parts ...string) Trait {
	return func(f *profile) {
		for _, p := range parts {
			f.stock[p]++
		}
	}
}

// Shift sets the working hours, "08:00" to "16:00", on the wall in a time zone.
func Shift(start, end, zone string) Trait {
	return func(f *profile) { f.ShiftStart, f.ShiftEnd, f.TimeZone = start, end, zone }
}

// Home sets the home base.
func Home(p orb.Point) Trait {
	return func(f *profile) { f.HomeLongitude, f.HomeLatitude = p.Lon(), p.Lat() }
}

// Technician stores a technician with a person, on duty unless OffDuty says otherwise. They work round the clock,
// everywhere, and live in the middle of Oslo unless told otherwise.
func (w *World) Technician(t testing.TB, traits ...Trait) Technician {
	t.Helper()
	n := serial.Add(1)
	f := profile{onDuty: true, stock: map[string]int{}}
	f.ID, f.Number = uuid.New(), fmt.Sprintf("T%06d", n)
	f.FirstName, f.LastName = fmt.Sprintf("Tekniker%d", n), "Eksempel"
	f.ShiftStart, f.ShiftEnd, f.TimeZone = "00:00", "00:00", "Europe/Oslo"
	Home(Oslo)(&f)
	for _, trait := range traits {
		trait(&f)
	}
	now := w.DB.Now()
	exec(t, w.DB, `INSERT INTO technicians (id, number, first_name, last_name, skills, home_latitude, home_longitude, territory,
		shift_start, shift_end, time_zone, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.ID, f.Number, f.FirstName, f.LastName, pgdialect.Array(append([]string{}, f.Skills...)), f.HomeLatitude, f.HomeLongitude,
		pgdialect.Array(append([]string{}, f.Technician.Territory...)), f.ShiftStart, f.ShiftEnd, f.TimeZone, now, now)
	for part, quantity := range f.stock {
		exec(t, w.DB, `INSERT INTO van_stock (technician_id, part_number, quantity) VALUES (?, ?, ?)`, f.ID, part, quantity)
	}
	tech := Technician{ID: f.ID, Actor: w.person(t, identity.Actor{
		Role: identity.RoleTechnician, TechnicianID: f.ID, FirstName: f.FirstName, LastName: f.LastName,
	})}
	if !f.onDuty {
		return tech
	}
	if _, err := w.Service.SetDuty(context.Background(), tech.Actor, Op(), true); err != nil {
		t.Fatalf("dispatchtest: going on duty: %v", err)
	}
	if f.at != nil {
		w.Move(t, tech, *f.at)
	}
	return tech
}

// Move reports a position taken now.
func (w *World) Move(t testing.TB, tech Technician, to orb.Point) {
	t.Helper()
	now := w.DB.Now()
	rep, err := w.Service.ReportPositions(context.Background(), tech.Actor, dispatch.Batch{
		SentAt: now, Fixes: []geo.Fix{{Point: to, Accuracy: 10, At: now}},
	})
	if err != nil {
		t.Fatalf("dispatchtest: reporting a position: %v", err)
	}
	if rep.Verdicts[0] != dispatch.FixLive {
		t.Fatalf("dispatchtest: the position is %s", rep.Verdicts[0])
	}
}
