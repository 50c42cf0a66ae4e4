package identity

import (
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/go-webauthn/webauthn/webauthn"

	"utsendt/internal/jobs"
	"utsendt/internal/postgres"
)

// Config completes a Service; the zero Config is right for production but for passkeys.
type Config struct {
	// ConcurrentHashes is how many password hashes are computed at once, each on one core with 19 MiB;
	// default the number of CPUs.
	ConcurrentHashes int
	// CheapHashes makes password hashes that cost next to nothing, for simulations and tests with many
	// people. Never in production.
	CheapHashes bool
	// BaseURL is where people reach the server: passkeys belong to its host. Without one, or where the host is
	// an IP address, which WebAuthn does not allow, there are no passkeys.
	BaseURL string
}

// failuresTake is the least time that a failed sign-in takes: longer than any hash that people bring along
// from elsewhere should, which is bcrypt of cost 12 on a small server.
const failuresTake = 300 * time.Millisecond

// Service signs people in and keeps them. It is safe for concurrent use, and any number of servers may
// have one on the same database.
type Service struct {
	db     *postgres.DB
	hasher *hasher
	// failuresTake is zero where hashes are cheap.
	failuresTake time.Duration
	// relying is nil where there are no passkeys.
	relying *webauthn.WebAuthn
	keys    sync.Map // of identity_keys, by name

	mailer Mailer
	jobs   *jobs.Client
}

// New makes a Service on a migrated database. It sends nothing until UseMail and UseJobs were called.
func New(db *postgres.DB, cfg Config) *Service {
	params, least := hashParams, failuresTake
	if cfg.CheapHashes {
		params, least = argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}, 0
	}
	return &Service{
		db: db, hasher: newHasher(params, cfg.ConcurrentHashes), failuresTake: least,
		relying: relyingParty(cfg.BaseURL), mailer: noMail{},
	}
}
