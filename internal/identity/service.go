package identity

import (
	"github.com/alexedwards/argon2id"

	"utsendt/internal/postgres"
)

// Config completes a Service; the zero Config is right for production.
type Config struct {
	// ConcurrentHashes is how many password hashes are computed at once, each on one core with 19 MiB;
	// default the number of CPUs.
	ConcurrentHashes int
	// CheapHashes makes password hashes that cost next to nothing, for simulations and tests with many
	// people. Never in production.
	CheapHashes bool
}

// Service signs people in and keeps them. It is safe for concurrent use, and any number of servers may
// have one on the same database.
type Service struct {
	db     *postgres.DB
	hasher *hasher
}

// New makes a Service on a migrated database.
func New(db *postgres.DB, cfg Config) *Service {
	params := hashParams
	if cfg.CheapHashes {
		params = argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	}
	return &Service{db: db, hasher: newHasher(params, cfg.ConcurrentHashes)}
}
