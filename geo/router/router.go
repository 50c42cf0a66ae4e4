package router

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/paulmach/orb"

	"utsendt/geo"
)

// Engine names the HTTP API that a router speaks. It is also the Source of the router's answers.
type Engine string

// The engines.
const (
	OSRM     Engine = "osrm"     // GET /table/v1/{profile}/…
	Valhalla Engine = "valhalla" // POST /sources_to_targets
)

// Why a journey was answered by the estimate (geo.Travel.Fallback).
const (
	FallbackDown    = "router_down"    // the router did not answer in time, or not sensibly, or is being left alone
	FallbackRefused = "router_refused" // the router answered that it will not calculate this
	FallbackNoRoute = "no_route"       // the router knows no way between the two points
)

// maxAnswer bounds what is read of an answer, in bytes: a hundred journeys take about 20 kB.
const maxAnswer = 4 << 20

// Config is how to reach a router. URL and Engine are required; everything else has a default.
type Config struct {
	URL     string        // http or https, without the API's own path
	Engine  Engine        // which API it speaks
	Profile string        // vehicle; by default "driving" (OSRM) or "auto" (Valhalla)
	Timeout time.Duration // for one request; by default 2 s
	Batch   int           // most starts in one request; by default 50, within both engines' usual limits
	Pause   time.Duration // how long a router that failed is left alone; by default 5 s

	Estimate *geo.Estimator   // the substitute; by default geo.StandardEstimator
	Client   *http.Client     // by default one of its own that follows no redirects
	Now      func() time.Time // by default time.Now
}

// Router is a [geo.TravelTimes] that asks a road router. It is safe for any number of goroutines.
type Router struct {
	cfg     Config
	api     api
	breaker breaker
}

var _ geo.TravelTimes = (*Router)(nil)

// api is what differs between the engines.
type api interface {
	// request asks for the journeys from each of from to to.
	request(ctx context.Context, from []orb.Point, to orb.Point) (*http.Request, error)
	// parse reads an answer to n journeys. A journey that the router knows no way for is not ok.
	parse(body []byte, n int) ([]journey, error)
}

type journey struct {
	seconds, metres float64
	ok              bool
}

// New checks the configuration. It does not contact the router.
func New(cfg Config) (*Router, error) {
	base, err := url.Parse(cfg.URL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" {
		return nil, fmt.Errorf("router URL %q is not a plain http or https address", cfg.URL)
	}
	if cfg.Timeout < 0 || cfg.Batch < 0 || cfg.Pause < 0 {
		return nil, errors.New("router: timeout, batch and pause must not be negative")
	}
	orElse(&cfg.Timeout, 2*time.Second)
	orElse(&cfg.Batch, 50)
	orElse(&cfg.Pause, 5*time.Second)
	if cfg.Estimate == nil {
		standard := geo.StandardEstimator()
		cfg.Estimate = &standard
	}
	if err := cfg.Estimate.Validate(); err != nil {
		return nil, err
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	r := &Router{cfg: cfg, breaker: breaker{pause: cfg.Pause}}
	switch cfg.Engine {
	case OSRM:
		orElse(&cfg.Profile, "driving")
		r.api = osrm{base: base, profile: cfg.Profile}
	case Valhalla:
		orElse(&cfg.Profile, "auto")
		r.api = valhalla{base: base, costing: cfg.Profile}
	default:
		return nil, fmt.Errorf("router engine %q is neither %q nor %q", cfg.Engine, OSRM, Valhalla)
	}
	return r, nil
}

func orElse[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

// Table implements [geo.TravelTimes]: journeys that the router does not answer are estimated, labelled as
// such. It fails only when a point is invalid or ctx is done.
func (r *Router) Table(ctx context.Context, from []orb.Point, to orb.Point) ([]geo.Travel, error) {
	if err := geo.ValidJourneys(from, to); err != nil {
		return nil, err
	}
	table := make([]geo.Travel, 0, len(from))
	for start := 0; start < len(from); start += r.cfg.Batch {
		batch := from[start:min(start+r.cfg.Batch, len(from))]
		journeys, fallback := r.ask(ctx, batch, to)
		for i, p := range batch {
			table = append(table, r.travel(journeys, i, p, to, fallback))
		}
	}
	// Checked last: a caller who has gone needs no substitute.
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return table, nil
}

func (r *Router) travel(journeys []journey, i int, from, to orb.Point, fallback string) geo.Travel {
	if journeys != nil && journeys[i].ok {
		return geo.Travel{
			Duration: time.Duration(journeys[i].seconds * float64(time.Second)),
			Distance: journeys[i].metres,
			Source:   string(r.cfg.Engine),
		}
	}
	if journeys != nil {
		fallback = FallbackNoRoute
	}
	travel := r.cfg.Estimate.Travel(from, to)
	travel.Fallback = fallback
	return travel
}

// Down tells whether the router failed when last asked, and how.
func (r *Router) Down() error { return r.breaker.lastFailure() }

// ask sends one request, unless the router is being left alone. Without journeys there is a reason.
func (r *Router) ask(ctx context.Context, from []orb.Point, to orb.Point) (journeys []journey, fallback string) {
	if ctx.Err() != nil || !r.breaker.admit(r.cfg.Now()) {
		return nil, FallbackDown
	}
	journeys, err := r.fetch(ctx, from, to)
	switch {
	case err == nil:
		r.breaker.succeeded()
		return journeys, ""
	case ctx.Err() != nil: // the caller left: says nothing about the router
		r.breaker.undecided()
		return nil, FallbackDown
	case errors.Is(err, errRefused): // it is alive, but not willing
		r.breaker.succeeded()
		return nil, FallbackRefused
	default:
		r.breaker.failed(r.cfg.Now(), err)
		return nil, FallbackDown
	}
}

var errRefused = errors.New("router refuses to calculate")

func (r *Router) fetch(ctx context.Context, from []orb.Point, to orb.Point) ([]journey, error) {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.Timeout)
	defer cancel()
	request, err := r.api.request(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("router request: %w", err)
	}
	answer, err := r.cfg.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("router answer: %w", err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("router answer is longer than %d bytes", maxAnswer)
	case answer.StatusCode == http.StatusBadRequest:
		return nil, errRefused
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("router answers %s", answer.Status)
	}
	journeys, err := r.api.parse(body, len(from))
	if err != nil {
		return nil, fmt.Errorf("router answer: %w", err)
	}
	return journeys, nil
}
