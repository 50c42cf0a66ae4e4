package simulate

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"utsendt/internal/simulate/client"
)

// SignIn is somebody who signs in.
type SignIn struct{ UserID, Password string }

// Config says who is simulated, and how lively.
type Config struct {
	// URL is the base URL of a running server; it may come up later.
	URL string
	// HTTP reaches it; nil means a client of our own.
	HTTP *http.Client

	Customers   []SignIn
	Technicians []SignIn
	// Dispatcher is also who knows where technicians live. Without one, technicians start near their first job.
	Dispatcher SignIn
	// Dispatch lets the dispatcher assign; without it that is left to a visitor.
	Dispatch bool

	// Speed is how many times faster than life everybody drives, works and thinks; 0 means 1.
	Speed float64
	// RequestEvery is how often, by our clock, a customer reports a fault on average; 0 means 20 s.
	RequestEvery time.Duration
	// Requests ends the simulation once so many were reported and all of its customers' requests have ended; 0 goes
	// on for ever.
	Requests int
	// Seed of all choices.
	Seed uint64
	// Clock is the phones' clock; nil means time.Now. It is given where the server's clock is not the real time either.
	Clock func() time.Time
	// CallsPerSecond bounds all calls together; 0 means 150.
	CallsPerSecond float64
	// Logger hears of what goes wrong; nil means slog.Default().
	Logger *slog.Logger
}

// world is what everybody shares.
type world struct {
	cfg     Config
	api     *client.Server
	log     *slog.Logger
	opening *opening
}

// errAllEnded ends a simulation of a given number of requests.
var errAllEnded = errors.New("all requests have ended")

// Run simulates until ctx ends, and then returns nil. It is an error when nobody can sign in.
func Run(ctx context.Context, cfg Config) error {
	w := newWorld(cfg)
	defer w.api.Close()
	w.setOut(ctx)

	group, ctx := errgroup.WithContext(ctx)
	left := make(chan struct{}, len(cfg.Technicians)+2)
	actor := func(name string, live func(context.Context) error) {
		group.Go(func() error {
			err := live(ctx)
			if err != nil && ctx.Err() == nil && !errors.Is(err, errAllEnded) {
				w.log.Warn("somebody leaves the simulation", "who", name, "error", err)
				left <- struct{}{}
				if len(left) == cap(left) {
					return errors.New("nobody is left in the simulation; the last one: " + err.Error())
				}
				return nil
			}
			return err
		})
	}
	for i, who := range cfg.Technicians {
		t := newTechnician(w, who, i)
		actor(who.UserID, t.live)
	}
	c := newCustomers(w)
	actor("the customers", c.live)
	if w.cfg.Dispatch {
		d := newDispatcher(w)
		actor(cfg.Dispatcher.UserID, d.live)
	} else {
		left <- struct{}{}
	}
	err := group.Wait()
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errAllEnded) {
		return nil
	}
	return err
}

func newWorld(cfg Config) *world {
	if cfg.Speed <= 0 {
		cfg.Speed = 1
	}
	if cfg.RequestEvery <= 0 {
		cfg.RequestEvery = 20 * time.Second
	}
	if cfg.CallsPerSecond <= 0 {
		cfg.CallsPerSecond = 150
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	limiter := rate.NewLimiter(rate.Limit(cfg.CallsPerSecond), int(cfg.CallsPerSecond)+1)
	return &world{cfg: cfg, api: client.New(cfg.URL, cfg.HTTP, limiter), log: cfg.Logger, opening: newOpening()}
}

// fast is a span of life at the simulation's speed.
func (w *world) fast(life time.Duration) time.Duration {
	return time.Duration(float64(life) / w.cfg.Speed)
}
