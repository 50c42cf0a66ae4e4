package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"utsendt/internal/jobs"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
)

// What is open to everyone is answered before anything depends on whom it is about; a job does the rest.

type recoveryArgs struct {
	Recovery uuid.UUID `json:"recovery"`
}

// Kind names the job.
func (recoveryArgs) Kind() string { return "identity_recovery" }

type reminderArgs struct {
	Reminder uuid.UUID `json:"reminder"`
}

// Kind names the job.
func (reminderArgs) Kind() string { return "identity_user_id_reminder" }

type signUpArgs struct {
	SignUp uuid.UUID `json:"sign_up"`
}

// Kind names the job.
func (signUpArgs) Kind() string { return "identity_sign_up" }

// RegisterWorkers adds what works off recoveries, reminders and sign-ups to a server's workers.
func (s *Service) RegisterWorkers(workers *river.Workers) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[recoveryArgs]) error {
		return s.recover(ctx, job.Args.Recovery)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[reminderArgs]) error {
		return s.remind(ctx, job.Args.Reminder)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[signUpArgs]) error {
		return s.receive(ctx, job.Args.SignUp)
	}))
}

// UseJobs makes the Service queue its jobs through the client. Call it once, before anything is done.
func (s *Service) UseJobs(client *jobs.Client) { s.jobs = client }

var errNoJobs = errors.New("identity: no job queue: UseJobs was not called")

// take stores what somebody asks, and a job to deal with it, in one transaction. Asked again with the same id
// nothing is added. asked must not tell more than may lie in the database as a plain hash.
func (s *Service) take(ctx context.Context, operationID uuid.UUID, asked, row any, args river.JobArgs) error {
	if s.jobs == nil {
		return errNoJobs
	}
	key := once.Key{ID: operationID, Kind: args.Kind()}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		_, err := once.Do(ctx, tx, key, asked, func() (struct{}, error) {
			if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
				return struct{}{}, fmt.Errorf("identity: storing a %s: %w", args.Kind(), err)
			}
			return struct{}{}, s.jobs.Insert(ctx, tx, args, nil)
		})
		return err
	})
}

// taken reports whether the operation was taken before, so that asking again counts for nothing. It depends on
// nothing that became of it.
func (s *Service) taken(ctx context.Context, operationID uuid.UUID, asked any, args river.JobArgs) (bool, error) {
	if operationID == uuid.Nil {
		return false, errNoOperation
	}
	_, known, err := once.Stored[struct{}](ctx, s.db, once.Key{ID: operationID, Kind: args.Kind()}, asked)
	return known, err
}
