package visitfiles

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"utsendt/internal/identity"
	"utsendt/internal/picturestore"
	"utsendt/internal/postgres"
)

// Config is what a Service stands on; zero fields take the defaults.
type Config struct {
	DB       *postgres.DB
	Pictures *picturestore.Store
	// Customers narrows a query on requests (alias r) and visits (alias v) to those whose pictures a customer may see; nil
	// shows them none.
	Customers func(identity.Actor) func(*bun.SelectQuery) *bun.SelectQuery
	// Open is how long after the end of a visit its pictures are taken; default seven days.
	Open time.Duration
	// Keep is how long what has not arrived whole is kept after its last piece; default two days.
	Keep time.Duration
	// Logger gets what an operator should know; nil means slog.Default().
	Logger *slog.Logger
}

// Service keeps the pictures of visits. It is safe for concurrent use, and any number of servers may have one on the same
// database.
type Service struct {
	db       *postgres.DB
	pictures *picturestore.Store
	cfg      Config
	log      *slog.Logger
}

// New makes a Service on a migrated database.
func New(cfg Config) *Service {
	cfg.Open = cmp.Or(cfg.Open, 7*24*time.Hour)
	cfg.Keep = cmp.Or(cfg.Keep, 48*time.Hour)
	if cfg.Customers == nil {
		cfg.Customers = func(identity.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
			return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("false") }
		}
	}
	return &Service{db: cfg.DB, pictures: cfg.Pictures, cfg: cfg, log: cmp.Or(cfg.Logger, slog.Default())}
}
