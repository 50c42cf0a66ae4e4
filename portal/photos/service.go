package photos

import (
	"cmp"
	"time"

	"utsendt/internal/picturestore"
	"utsendt/internal/postgres"
	"utsendt/portal"
)

// Config bounds what is kept; zero fields take the defaults.
type Config struct {
	// PerRequest is how many photos a request may have; default 5, at most 100.
	PerRequest int
	// Waiting is how many a person may have uploaded and not attached; default 20.
	Waiting int
	// Keep is how long those are kept; default a day.
	Keep time.Duration
}

// Service keeps photos. It is safe for concurrent use.
type Service struct {
	db       *postgres.DB
	pictures *picturestore.Store
	cfg      Config
}

var _ portal.Photos = (*Service)(nil)

// New makes a Service on a migrated database.
func New(db *postgres.DB, pictures *picturestore.Store, cfg Config) *Service {
	cfg.PerRequest = cmp.Or(cfg.PerRequest, 5)
	cfg.Waiting = cmp.Or(cfg.Waiting, 20)
	cfg.Keep = cmp.Or(cfg.Keep, 24*time.Hour)
	return &Service{db: db, pictures: pictures, cfg: cfg}
}

// PerRequest is how many photos a request may have.
func (s *Service) PerRequest() int { return s.cfg.PerRequest }

// MaxBytes is the largest file.
func (s *Service) MaxBytes() int { return s.pictures.MaxBytes() }
