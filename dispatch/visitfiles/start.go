package visitfiles

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// Announcement says what will be sent.
type Announcement struct {
	Request, Visit uuid.UUID
	Kind           Kind
	// Size in bytes and Digest, the SHA-256, of the file as the phone has it.
	Size   int64
	Digest [32]byte
}

// Operation is the kind of Start's operations in package once.
const Operation = "upload"

// Start announces a file of a visit of the technician's. The same content again gives the upload that is there; a new
// signature takes the place of one that has not arrived whole.
//
// Errors: Forbidden "role_forbidden"; ErrNoVisit; Invalid "photo_too_large" (params.max_bytes); WrongState
// "visit_files_closed" later than Config.Open after the visit's end, and "visit_files_full" (params.kind, params.limit).
func (s *Service) Start(ctx context.Context, actor identity.Actor, operation uuid.UUID, a Announcement) (Upload, error) {
	if err := mayWork(actor); err != nil {
		return Upload{}, err
	}
	if most := s.pictures.MaxBytes(); a.Size > int64(most) {
		return Upload{}, fault.NewInvalid("size", "photo_too_large", "The photo is too large.", fault.Param("max_bytes", strconv.Itoa(most)))
	}
	key := once.Key{Person: actor.PersonID, ID: operation, Kind: Operation}
	return once.InTx(ctx, s.db, key, a, func(ctx context.Context, tx postgres.Tx) (Upload, error) {
		r, err := s.start(ctx, tx, actor, a)
		if err != nil {
			return Upload{}, err
		}
		return s.upload(r), nil
	})
}

func (s *Service) start(ctx context.Context, tx postgres.Tx, actor identity.Actor, a Announcement) (*row, error) {
	// The visit's lock is the last one taken, here and in package dispatch, and nothing is waited for under it.
	var ended *time.Time
	err := tx.NewRaw(`SELECT ended_at FROM visits WHERE id = ? AND request_id = ? AND technician_id = ? FOR NO KEY UPDATE`,
		a.Visit, a.Request, actor.TechnicianID).Scan(ctx, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoVisit
	}
	if err != nil {
		return nil, fmt.Errorf("visitfiles: locking a visit: %w", err)
	}
	var there []*row
	if err := tx.NewSelect().Model(&there).Where("visit_id = ? AND kind = ? AND state <> ?", a.Visit, a.Kind, Refused).Scan(ctx); err != nil {
		return nil, fmt.Errorf("visitfiles: reading a visit's: %w", err)
	}
	if i := slices.IndexFunc(there, func(r *row) bool { return slices.Equal(r.Digest, a.Digest[:]) }); i >= 0 {
		return there[i], nil
	}
	if ended != nil {
		if err := s.stillOpen(ctx, tx, a, *ended); err != nil {
			return nil, err
		}
	}
	if a.Kind == Signature && len(there) == 1 && there[0].State == Receiving {
		if _, err := tx.NewDelete().Model(there[0]).WherePK().Exec(ctx); err != nil {
			return nil, fmt.Errorf("visitfiles: giving up a signature: %w", err)
		}
		there = nil
	}
	slot := 1
	for slices.ContainsFunc(there, func(r *row) bool { return r.Slot == slot }) {
		slot++
	}
	if slot > a.Kind.Most() {
		return nil, fault.New(fault.WrongState, "visit_files_full", "The visit has all the pictures that it may have.",
			fault.Param("kind", string(a.Kind)), fault.Param("limit", strconv.Itoa(a.Kind.Most())))
	}
	r := &row{
		ID: uuid.New(), VisitID: a.Visit, Kind: a.Kind, State: Receiving, Slot: slot, Announced: a.Size, Digest: a.Digest[:],
		StartedAt: tx.Now(), TouchedAt: tx.Now(),
	}
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return nil, fmt.Errorf("visitfiles: announcing: %w", err)
	}
	return r, audit.Write(ctx, tx, actor, "visit_file.announced", "visit_file", r.ID, nil,
		map[string]any{"visit": a.Visit, "kind": a.Kind, "size": a.Size})
}

// stillOpen counts from when the server learned of the end, or of anything else that was done at the visit: a phone that was
// without cover for a week has not had a week to send its pictures.
func (s *Service) stillOpen(ctx context.Context, tx postgres.Tx, a Announcement, ended time.Time) error {
	var learned *time.Time
	if err := tx.NewRaw(`SELECT max(at) FROM activities WHERE request_id = ? AND visit_id = ?`, a.Request, a.Visit).Scan(ctx, &learned); err != nil {
		return fmt.Errorf("visitfiles: reading when a visit's end was known: %w", err)
	}
	if learned != nil && learned.After(ended) {
		ended = *learned
	}
	if tx.Now().After(ended.Add(s.cfg.Open)) {
		return fault.New(fault.WrongState, "visit_files_closed", "The visit ended too long ago for pictures to be added.",
			fault.Param("ended_at", ended.Format(time.RFC3339)), fault.Param("days", strconv.Itoa(int(s.cfg.Open.Hours()/24))))
	}
	return nil
}

func mayWork(actor identity.Actor) error {
	if actor.Is(identity.RoleTechnician) && actor.TechnicianID != uuid.Nil {
		return nil
	}
	return fault.NewForbidden("role_forbidden", "This is for technicians.")
}
