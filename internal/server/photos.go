package server

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"utsendt/internal/blob"
	"utsendt/internal/picture"
	"utsendt/portal/photos"
)

// Photos says where photos are kept and how many.
type Photos struct {
	// S3 is an object store; without an endpoint photos are in the database.
	S3 blob.S3Config
	// MaxBytes of one file, and PerRequest how many a request may have; 0 means 10 MiB and five.
	MaxBytes, PerRequest int
}

func openPhotos(db *Database, cfg Config) (*photos.Service, error) {
	var store blob.Store = blob.NewDatabase(db.DB)
	if cfg.Photos.S3.Endpoint != "" {
		s3, err := blob.NewS3(cfg.Photos.S3)
		if err != nil {
			return nil, err
		}
		store = s3
	}
	return photos.New(db.DB, store, photos.Config{
		PerRequest: cfg.Photos.PerRequest, Limits: picture.Limits{Bytes: cfg.Photos.MaxBytes}, Logger: cfg.Logger,
	}), nil
}

// sweepingArgs is the job that compares the store of photos with the database, every day on one of the servers.
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
	photos *photos.Service
}

// Timeout is more than the default minute: the list of a large store takes a while.
func (*sweeper) Timeout(*river.Job[sweepingArgs]) time.Duration { return time.Hour }

// Work removes contents that no photo names, and logs photos whose contents are missing.
func (s *sweeper) Work(ctx context.Context, _ *river.Job[sweepingArgs]) error {
	_, err := s.photos.Sweep(ctx)
	return err
}
