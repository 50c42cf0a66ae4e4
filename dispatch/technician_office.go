package dispatch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/live"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/internal/revision"
)

// TechnicianFields are what the office may change of a technician; Technician says what they mean.
type TechnicianFields struct {
	Number, FirstName, LastName, Phone, Email string
	Skills                                    Texts
	HomeLatitude, HomeLongitude               float64
	Territory                                 Texts
	// ShiftStart and ShiftEnd are "15:04".
	ShiftStart, ShiftEnd, TimeZone string
	Active                         bool
	// VanStock is the whole of it.
	VanStock map[string]int
}

// Fields gives what the office may change.
func (t *Technician) Fields() TechnicianFields {
	return TechnicianFields{
		Number: t.Number, FirstName: t.FirstName, LastName: t.LastName, Phone: t.Phone, Email: t.Email,
		Skills: t.Skills, HomeLatitude: t.HomeLatitude, HomeLongitude: t.HomeLongitude, Territory: t.Territory,
		ShiftStart: clockOf(t.ShiftStart), ShiftEnd: clockOf(t.ShiftEnd), TimeZone: t.TimeZone, Active: t.Active, VanStock: t.VanStock,
	}
}

// clockOf drops the seconds, which nobody sets.
func clockOf(s string) string { return s[:min(len(s), len("15:04"))] }

// Revision is what a change must be based on.
func (f TechnicianFields) Revision() string { return f.revised().Revision() }

func (f TechnicianFields) revised() revision.Fields {
	stock := f.VanStock
	if stock == nil {
		stock = map[string]int{}
	}
	return revision.Fields{
		{Name: "number", Value: f.Number}, {Name: "first_name", Value: f.FirstName}, {Name: "last_name", Value: f.LastName},
		{Name: "phone", Value: f.Phone, Private: true}, {Name: "email", Value: f.Email, Private: true},
		{Name: "skills", Value: f.Skills}, {Name: "home_latitude", Value: f.HomeLatitude, Private: true},
		{Name: "home_longitude", Value: f.HomeLongitude, Private: true}, {Name: "territory", Value: f.Territory},
		{Name: "shift_start", Value: f.ShiftStart}, {Name: "shift_end", Value: f.ShiftEnd}, {Name: "time_zone", Value: f.TimeZone},
		{Name: "active", Value: f.Active}, {Name: "van_stock", Value: stock},
	}
}

// check tidies and refuses what will not do.
func (f *TechnicianFields) check() error {
	for _, text := range []*string{&f.Number, &f.FirstName, &f.LastName, &f.Phone, &f.Email} {
		*text = strings.TrimSpace(*text)
	}
	f.Skills = onceInOrder(f.Skills, strings.ToLower)
	f.Territory = onceInOrder(f.Territory, func(s string) string { return s })
	switch {
	case f.Number == "":
		return fault.NewInvalid("fields.number", "field_missing", "A technician needs a number.", fault.Param("field", "number"))
	case f.FirstName == "":
		return fault.NewInvalid("fields.first_name", "field_missing", "A technician needs a first name: customers see it.", fault.Param("field", "first_name"))
	}
	for field, at := range map[string]string{"shift_start": f.ShiftStart, "shift_end": f.ShiftEnd} {
		if _, err := time.Parse("15:04", at); err != nil {
			return fault.NewInvalid("fields."+field, "clock_malformed", "The time of day is written like 08:00.")
		}
	}
	if _, err := time.LoadLocation(f.TimeZone); err != nil || f.TimeZone == "" || f.TimeZone == "Local" {
		return fault.NewInvalid("fields.time_zone", "time_zone_unknown", "There is no such time zone; one is called Europe/Oslo, for example.")
	}
	for part, quantity := range f.VanStock {
		if strings.TrimSpace(part) != part || part == "" || quantity < 0 {
			return fault.NewInvalid("fields.van_stock", "van_stock_invalid", "A part in the van needs a number and a quantity of at least 0.")
		}
	}
	return nil
}

// onceInOrder trims, changes, sorts and takes each text once; empty ones go.
func onceInOrder(texts Texts, change func(string) string) Texts {
	kept := Texts{}
	for _, text := range texts {
		if text = change(strings.TrimSpace(text)); text != "" {
			kept = append(kept, text)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

func (t *Technician) take(f TechnicianFields) {
	t.Number, t.FirstName, t.LastName, t.Phone, t.Email = f.Number, f.FirstName, f.LastName, f.Phone, f.Email
	t.Skills, t.HomeLatitude, t.HomeLongitude, t.Territory = f.Skills, f.HomeLatitude, f.HomeLongitude, f.Territory
	t.ShiftStart, t.ShiftEnd, t.TimeZone, t.Active = f.ShiftStart, f.ShiftEnd, f.TimeZone, f.Active
	t.VanStock = maps.Clone(f.VanStock)
}

// CreateTechnician makes one. For dispatchers. Exists number_taken; Invalid with the field.
func (s *Service) CreateTechnician(ctx context.Context, actor identity.Actor, op uuid.UUID, f TechnicianFields) (id uuid.UUID, err error) {
	if err := mayRead(actor); err != nil {
		return id, err
	}
	if err := f.check(); err != nil {
		return id, err
	}
	key := once.Key{Person: actor.PersonID, ID: op, Kind: "technician.create"}
	return once.InTx(ctx, s.db, key, f, func(ctx context.Context, tx postgres.Tx) (uuid.UUID, error) {
		t := &Technician{Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		if t.ID, err = uuid.NewV7(); err != nil {
			return t.ID, err
		}
		t.take(f)
		if _, err := tx.NewInsert().Model(t).Exec(ctx); err != nil {
			return t.ID, technicianTaken(err)
		}
		if err := t.loadVan(ctx, tx); err != nil {
			return t.ID, err
		}
		return t.ID, audit.Write(ctx, tx, actor, "technician.create", "technician", t.ID, nil, f.revised().Audited())
	})
}

// UpdateTechnician changes one that was seen at a revision, on every server at once. One who is not active any more goes
// off duty. For dispatchers.
//
// Errors: NotFound; Stale revision_stale; WrongState technician_has_jobs, with the numbers of the live ones; Exists
// number_taken; Invalid with the field.
func (s *Service) UpdateTechnician(ctx context.Context, actor identity.Actor, op, id uuid.UUID, seen string, f TechnicianFields) error {
	if err := mayRead(actor); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	key := once.Key{Person: actor.PersonID, ID: op, Kind: "technician.update"}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		_, err := once.Do(ctx, tx, key, []any{id, seen, f}, func() (bool, error) {
			return true, s.updateTechnician(ctx, tx, actor, id, seen, f)
		})
		return err
	})
}

func (s *Service) updateTechnician(ctx context.Context, tx postgres.Tx, actor identity.Actor, id uuid.UUID, seen string, f TechnicianFields) error {
	locked, err := lockTechnicians(ctx, tx, id)
	if err != nil {
		return err
	}
	t := locked[id]
	before, after := t.Fields().revised(), f.revised()
	if err := before.Check(seen); err != nil {
		return err
	}
	if len(after.Changed(before)) == 0 {
		return nil
	}
	if t.Active && !f.Active {
		if err := s.dismiss(ctx, tx, t); err != nil {
			return err
		}
	}
	t.take(f)
	if err := s.storeTechnician(ctx, tx, t); err != nil {
		return err
	}
	if err := t.loadVan(ctx, tx); err != nil {
		return err
	}
	return audit.Write(ctx, tx, actor, "technician.update", "technician", id, before.Audited(), after.AuditedAfter(before))
}

// storeTechnician writes a locked row with its next version, and tells every server after the commit.
func (s *Service) storeTechnician(ctx context.Context, tx postgres.Tx, t *Technician) error {
	t.Version++
	t.UpdatedAt = tx.Now()
	if _, err := tx.NewUpdate().Model(t).ExcludeColumn("id", "created_at").WherePK().Exec(ctx); err != nil {
		return technicianTaken(err)
	}
	tx.AfterCommit(func() {
		s.roster.put(member{Technician: *t})
		s.signal(live.Signal{Subject: technicianSubject(t.ID), Version: t.UpdatedAt.UnixMicro()})
	})
	return nil
}

// dismiss takes a technician off duty, unless they have jobs.
func (s *Service) dismiss(ctx context.Context, tx postgres.Tx, t *Technician) error {
	numbers, err := liveRequests(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	if len(numbers) > 0 {
		return fault.NewWrongState("technician_has_jobs", "The technician has jobs: "+strings.Join(numbers, ", ")+
			". Give them to others first.", fault.Param("numbers", strings.Join(numbers, ", ")))
	}
	t.OnDuty, t.DutySince = false, nil
	if _, err := tx.ExecContext(ctx, "DELETE FROM technician_positions WHERE technician_id = ?", t.ID); err != nil {
		return fmt.Errorf("dispatch: forgetting a position: %w", err)
	}
	return nil
}

// liveRequests gives the numbers of the requests with a live visit of the technician, in order.
func liveRequests(ctx context.Context, db bun.IDB, technician uuid.UUID) ([]string, error) {
	var numbers []string
	err := db.NewSelect().TableExpr("visits AS v").ColumnExpr("r.number").Join("JOIN service_requests AS r ON r.id = v.request_id").
		Where("v.technician_id = ?", technician).Where("v."+liveVisit).Order("r.number").Scan(ctx, &numbers)
	if err != nil {
		return nil, fmt.Errorf("dispatch: reading live jobs: %w", err)
	}
	return numbers, nil
}

// loadVan makes the stored stock what VanStock says.
func (t *Technician) loadVan(ctx context.Context, tx postgres.Tx) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM van_stock WHERE technician_id = ?", t.ID); err != nil {
		return fmt.Errorf("dispatch: emptying a van: %w", err)
	}
	for _, part := range slices.Sorted(maps.Keys(t.VanStock)) {
		if _, err := tx.ExecContext(ctx, "INSERT INTO van_stock (technician_id, part_number, quantity) VALUES (?, ?, ?)",
			t.ID, part, t.VanStock[part]); err != nil {
			return fmt.Errorf("dispatch: loading a van: %w", err)
		}
	}
	return nil
}

func technicianTaken(err error) error {
	if postgres.IsUnique(err, "technicians_number_key") {
		return fault.NewExists("number_taken", "There is a technician with this number already.", fault.Field("fields.number"), fault.Cause(err))
	}
	return fmt.Errorf("dispatch: storing a technician: %w", err)
}
