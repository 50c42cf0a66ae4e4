package server

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"utsendt/internal/blob"
	"utsendt/internal/picture"
	"utsendt/internal/picturestore"
)

// Photos says where photos are kept and how many.
type Photos struct {
	// S3 is an object store; without an endpoint photos are in the database.
	S3 blob.S3Config
	// MaxBytes of one file, and PerRequest how many a request may have; 0 means 10 MiB and five.
	MaxBytes, PerRequest int
}

func openPictures(db *Database, cfg Config) (*picturestore.Store, error) {
	var store blob.Store = blob.NewDatabase(db.DB)
	if cfg.Photos.S3.Endpoint != "" {
		s3, err := blob.NewS3(cfg.Photos.S3)
		if err != nil {
			return nil, err
		}
		store = s3
	}
	return picturestore.New(store, picture.Limits{Bytes: cfg.Photos.MaxBytes}, cfg.Logger), nil
}

// sweepingArgs is the job that compares the store of pictures with the database, every day on one of the servers.
type sweepingArgs struct{}

// Kind names the job.
func (sweepingArgs) Kind() string { return "photo_sweep" }

func sweeping() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(24*time.Hour), func() (river.JobArgs, *river.InsertOpts) {
		return sweepingArgs{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true}, MaxAttempts: 3}
	}, nil)
}

type sweeper struct {
	river.WorkerDefaults[sweepingArgs]
	now      func() time.Time
	pictures *picturestore.Store
	// tables are all that name pictures: what none of them names is removed.
	tables []blob.Names
}

// Timeout is more than the default minute: the list of a large store takes a while.
func (*sweeper) Timeout(*river.Job[sweepingArgs]) time.Duration { return time.Hour }

// Work removes contents that nothing names, and logs pictures whose contents are missing.
func (s *sweeper) Work(ctx context.Context, _ *river.Job[sweepingArgs]) error {
	_, err := s.pictures.Sweep(ctx, s.now(), s.tables...)
	return err
}
