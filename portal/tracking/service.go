package tracking

import (
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/live"
	"utsendt/internal/postgres"
	"utsendt/internal/signedlink"
)

const (
	// DefaultLife and MaxLife are how long a link works.
	DefaultLife, MaxLife = 7 * 24 * time.Hour, 30 * 24 * time.Hour
	// afterEnd is how long a link works after the request's end.
	afterEnd = 24 * time.Hour
	// MaxLive is how many links of a request may work at once.
	MaxLive = 20
	// maxOpen is how many pages may be open on one link, on each server.
	maxOpen = 50
	// keep is how long links that no longer work are listed.
	keep = 90 * 24 * time.Hour
	// purpose of our tokens among signed ones.
	purpose = "tracking"
	// page is where links lead.
	page = "/follow"
)

// ErrUnknown is the one answer to a link that does not work, whatever the reason, and to one that is somebody else's.
var ErrUnknown = fault.NewNotFound("share_unknown",
	"This link does not work. It may have expired or been taken back. Ask whoever sent it to you for a new one.")

// Config is what a Service stands on. All but Logger are required.
type Config struct {
	DB       *postgres.DB
	Dispatch *dispatch.Service
	Bus      *live.Bus
	// BaseURL of the portal, without a slash at its end.
	BaseURL string
	// Logger; nil means slog.Default().
	Logger *slog.Logger
}

// Service makes links and shows what is behind them. It is safe for any number of goroutines and servers.
type Service struct {
	Config
	keys *signedlink.Keys

	mu sync.Mutex
	// open counts the pages that are open on each link.
	open map[uuid.UUID]int
}

// New makes a Service on a migrated database.
func New(cfg Config) *Service {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	return &Service{Config: cfg, keys: signedlink.New(cfg.DB), open: make(map[uuid.UUID]int)}
}

// enter counts a page that opens on a link; leave takes it back. Limited "share_busy" when there are too many.
func (s *Service) enter(share uuid.UUID) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[share] >= maxOpen {
		return nil, fault.NewLimited("share_busy", "Too many pages are open on this link. Please try again in a moment.", 30*time.Second)
	}
	s.open[share]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[share]--; s.open[share] == 0 {
			delete(s.open, share)
		}
	}, nil
}
