package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"utsendt/geo"
	"utsendt/internal/audit"
	"utsendt/internal/live"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
)

// Notifier queues messages to people in the change's own transaction.
type Notifier interface {
	Notify(ctx context.Context, tx postgres.Tx, messages ...notify.Message) error
}

// Config is what a Service stands on.
type Config struct {
	DB       *postgres.DB
	Bus      *live.Bus
	Notifier Notifier
	// Readings is told what a technician read off the counters, in the completion's transaction; nil tells nobody.
	Readings ReadingsHook
	// Counters tells technicians what a device counts; nil tells them nothing.
	Counters CountersHook
	// SiteNotes tells technicians how to get in where a device stands; nil tells them nothing.
	SiteNotes SiteNotesHook
	// Travel estimates or routes; nil means geo's estimate.
	Travel geo.TravelTimes
	Logger *slog.Logger
	// PositionRetention is how long the history of positions is kept; 0 means seven days.
	PositionRetention time.Duration
	// Heartbeat is how often a stream without news says that it is up; 0 means 15 s.
	Heartbeat time.Duration
	// Reread is how often a stream reads without having been signalled; 0 means 30 s.
	Reread time.Duration
}

// Service is the domain of service requests, visits and technicians. It is safe for concurrent use, and any number
// of servers may have one on the same database.
type Service struct {
	db        *postgres.DB
	bus       *live.Bus
	notifier  Notifier
	readings  ReadingsHook
	counters  CountersHook
	siteNotes SiteNotesHook
	travel    geo.TravelTimes
	log       *slog.Logger
	retention time.Duration
	heartbeat time.Duration
	reread    time.Duration

	roster *roster
	reads  singleflight.Group
	// shown remembers who was shown which contacts a moment ago.
	shown audit.Recent

	partitions sync.Map // "2006-01-02" of position_history partitions known to exist
}

// New makes a Service. Call Run to keep it up to date with other servers.
func New(cfg Config) *Service {
	s := &Service{
		db: cfg.DB, bus: cfg.Bus, notifier: cfg.Notifier, readings: cfg.Readings, counters: cfg.Counters, siteNotes: cfg.SiteNotes,
		travel: cfg.Travel, log: cfg.Logger, retention: cfg.PositionRetention, heartbeat: cfg.Heartbeat, reread: cfg.Reread,
		roster: newRoster(),
	}
	if s.travel == nil {
		s.travel = estimate
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.retention == 0 {
		s.retention = 7 * 24 * time.Hour
	}
	if s.heartbeat == 0 {
		s.heartbeat = 15 * time.Second
	}
	if s.reread == 0 {
		s.reread = 30 * time.Second
	}
	return s
}

// Run keeps what this server remembers of technicians true: it reads them all, follows the signals, and reads them
// all again every Reread. ready is called once the first reading is done. It returns when ctx ends.
func (s *Service) Run(ctx context.Context, ready func()) error {
	sub := s.bus.Subscribe("technician.>", "position.>")
	defer sub.Close()
	if err := s.refresh(ctx); err != nil {
		return err
	}
	ready()
	again := time.NewTicker(s.reread)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
			s.refreshOrLog(ctx)
		case <-sub.C():
			signals, lost := sub.Take()
			if lost {
				s.refreshOrLog(ctx)
				continue
			}
			s.follow(ctx, signals)
		}
	}
}

func (s *Service) follow(ctx context.Context, signals []live.Signal) {
	var changed []uuid.UUID
	for _, sig := range signals {
		if p, ok := positionOf(sig); ok {
			s.roster.moved(p)
		} else if id, ok := subjectID(sig.Subject, "technician."); ok {
			changed = append(changed, id)
		}
	}
	if len(changed) == 0 {
		return
	}
	members, err := readRoster(ctx, s.db, changed...)
	if err != nil {
		s.log.WarnContext(ctx, "technicians changed but could not be read", "error", err)
		return
	}
	for _, m := range members {
		s.roster.put(m)
	}
}

// refresh reads all technicians on duty.
func (s *Service) refresh(ctx context.Context) error {
	since := s.roster.count()
	members, err := readRoster(ctx, s.db)
	if err != nil {
		return err
	}
	s.roster.replace(members, since)
	return nil
}

func (s *Service) refreshOrLog(ctx context.Context) {
	if err := s.refresh(ctx); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "technicians could not be read", "error", err)
	}
}

// Now is the time by the server's clock.
func (s *Service) Now() time.Time { return s.db.Now() }
