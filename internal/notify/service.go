package notify

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"utsendt/internal/jobs"
	"utsendt/internal/notify/email"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/postgres"
)

// Config says how a Service works. Only Push is needed.
type Config struct {
	// Push sends to browsers. Its owner closes it, after the jobs have stopped.
	Push *webpush.Sender
	// Mail sends e-mail; nil when there is none, and then nothing steps in for push.
	Mail email.Sender
	// BaseURL is where people reach the web apps, "https://utsendt.example.com": links in e-mails begin
	// with it. Needed with Mail.
	BaseURL string
	// MailWorkers is how many mails one server sends at once, and so how many connections it has to the mail
	// server at most; default 8. What does not fit waits in the queue.
	MailWorkers int
	// Attempts is how often one push is tried at most, and an e-mail twice as often; default 6.
	Attempts int
	// RetryBase is the pause after the first failed attempt, doubled after each further one; default 15 s,
	// so that push has failed, and e-mail steps in, after some eight minutes.
	RetryBase time.Duration
	// Retention is how long the ledger is kept; default 90 days.
	Retention time.Duration
	// Logger gets what an operator should know; default slog.Default().
	Logger *slog.Logger
}

// Service tells people what happened, and keeps what became of each message. It is safe for concurrent
// use, and any number of servers may have one on the same database.
type Service struct {
	db      *postgres.DB
	jobs    *jobs.Client
	push    *webpush.Sender
	mail    email.Sender
	baseURL string
	texts   *texts
	keys    keyCache
	// linkKey signs links for turning mail off; nil before it was needed.
	linkKey atomic.Pointer[[]byte]
	secrets map[Kind]SecretFunc

	attempts  int
	mailers   int
	retryBase time.Duration
	retention time.Duration
	log       *slog.Logger
}

// New makes a Service on a migrated database.
func New(db *postgres.DB, cfg Config) (*Service, error) {
	if cfg.Push == nil {
		return nil, errors.New("notify: no sender for web push")
	}
	if cfg.Mail != nil {
		base, err := url.Parse(cfg.BaseURL)
		if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
			return nil, fmt.Errorf("notify: the base URL %q for links in e-mails is no http(s) URL", cfg.BaseURL)
		}
	}
	texts, err := loadTexts()
	if err != nil {
		return nil, err
	}
	inserter, err := jobs.New(db, nil, jobs.Options{})
	if err != nil {
		return nil, err
	}
	return &Service{
		db: db, jobs: inserter, push: cfg.Push, mail: cfg.Mail,
		baseURL: strings.TrimRight(cfg.BaseURL, "/"), texts: texts, secrets: make(map[Kind]SecretFunc),
		attempts:  cmp.Or(cfg.Attempts, 6),
		mailers:   cmp.Or(cfg.MailWorkers, 8),
		retryBase: cmp.Or(cfg.RetryBase, 15*time.Second),
		retention: cmp.Or(cfg.Retention, 90*24*time.Hour),
		log:       cmp.Or(cfg.Logger, slog.Default()),
	}, nil
}

// UseJobs makes a server's client work the Service's queues and its periodic job, and the Service queue
// through it. The client's workers must be those that RegisterWorkers was given. Call it once, before the
// client starts and before anything is sent. A Service that only queues, such as a command's, needs none.
func (s *Service) UseJobs(client *jobs.Client) error {
	for name, config := range map[string]river.QueueConfig{
		pushQueue: {MaxWorkers: pushers}, emailQueue: {MaxWorkers: s.mailers},
	} {
		if err := client.River().Queues().Add(name, config); err != nil {
			return fmt.Errorf("notify: adding the queue %q: %w", name, err)
		}
	}
	if _, err := client.River().PeriodicJobs().AddSafely(purging()); err != nil {
		return fmt.Errorf("notify: adding the ledger's clearing up: %w", err)
	}
	s.jobs = client
	return nil
}
