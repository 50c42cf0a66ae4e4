package router

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"utsendt/geo"
)

var engines = []Engine{OSRM, Valhalla}

// each runs the test once for each engine, with a router and a clock of its own.
func each(t *testing.T, change func(*Config), test func(*testing.T, *Router, *fake, *turned)) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			f, clock := newFake(t), &turned{}
			cfg := Config{URL: f.URL, Engine: engine, Now: clock.now, Timeout: time.Minute}
			if change != nil {
				change(&cfg)
			}
			r, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			test(t, r, f, clock)
		})
	}
}

func table(t *testing.T, r *Router, from []orb.Point) []geo.Travel {
	t.Helper()
	got, err := r.Table(context.Background(), from, site)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(from) {
		t.Fatalf("%d journeys for %d starts", len(got), len(from))
	}
	return got
}

func TestTable(t *testing.T) {
	each(t, func(c *Config) { c.Batch = 7 }, func(t *testing.T, r *Router, f *fake, _ *turned) {
		for _, n := range []int{0, 1, 7, 8, 30} {
			f.requests.Store(0)
			from := starts(n)
			for i, got := range table(t, r, from) {
				isRouted(t, r.cfg.Engine, got, from[i], site)
			}
			if got := f.requests.Load(); got != int64((n+6)/7) {
				t.Errorf("%d starts took %d requests", n, got)
			}
		}
		if f.largest.Load() != 7 {
			t.Errorf("%d starts in a request, want 7", f.largest.Load())
		}
		if err := r.Down(); err != nil {
			t.Errorf("down: %v", err)
		}
	})
}

func TestNoRouteIsEstimated(t *testing.T) {
	each(t, nil, func(t *testing.T, r *Router, _ *fake, _ *turned) {
		from := []orb.Point{{10, 59}, {10, -1}, {11, 60}}
		got := table(t, r, from)
		isRouted(t, r.cfg.Engine, got[0], from[0], site)
		isEstimate(t, got[1], from[1], site, FallbackNoRoute)
		isRouted(t, r.cfg.Engine, got[2], from[2], site)
		if err := r.Down(); err != nil {
			t.Errorf("down: %v", err)
		}
	})
}

func body(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, text)
	}
}

// Every answer that makes no sense, to the question about two journeys, counts as a failure of the router.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"500":              body(500, `{"code":"Ok"}`),
		"429":              body(429, ``),
		"404":              body(404, ``),
		"redirect":         func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
		"empty":            body(200, ``),
		"not JSON":         body(200, `<html>`),
		"another shape":    body(200, `{"code":"Ok","durations":[1,2],"distances":[1,2],"sources_to_targets":[1,2]}`),
		"not Ok":           body(200, `{"code":"NoTable","durations":[[1],[1]],"distances":[[1],[1]]}`),
		"too few rows":     body(200, `{"code":"Ok","durations":[[1]],"distances":[[1]],"sources_to_targets":[[{"time":1,"distance":1}]]}`),
		"too many rows":    body(200, `{"code":"Ok","durations":[[1],[1],[1]],"distances":[[1],[1],[1]],"sources_to_targets":[[{}],[{}],[{}]]}`),
		"too many columns": body(200, `{"code":"Ok","durations":[[1,1],[1,1]],"distances":[[1,1],[1,1]],"sources_to_targets":[[{},{}],[{},{}]]}`),
		"no columns":       body(200, `{"code":"Ok","durations":[[],[]],"distances":[[],[]],"sources_to_targets":[[],[]]}`),
		"no distances":     body(200, `{"code":"Ok","durations":[[1],[1]],"units":"furlongs","sources_to_targets":[[{}],[{}]]}`),
		"other order":      body(200, `{"code":"Bad","sources_to_targets":[[{"time":1,"distance":1,"from_index":1}],[{"time":1,"distance":1,"from_index":0}]]}`),
		"endless":          body(200, strings.Repeat(" ", maxAnswer+1)),
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = fmt.Fprint(w, `{"code":"Ok"`)
		},
	} {
		for _, engine := range engines {
			t.Run(name+"/"+string(engine), func(t *testing.T) {
				t.Parallel()
				f := newFake(t)
				f.instead(answer)
				r, err := New(Config{URL: f.URL, Engine: engine, Timeout: time.Minute})
				if err != nil {
					t.Fatal(err)
				}
				from := starts(2)
				for i, got := range table(t, r, from) {
					isEstimate(t, got, from[i], site, FallbackDown)
				}
				if r.Down() == nil {
					t.Error("not counted as down")
				}
				if f.requests.Load() != 1 {
					t.Errorf("%d requests", f.requests.Load())
				}
			})
		}
	}
}

// A value that no journey can have spoils its own journey alone.
func TestBadCells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ seconds, distance string }{{"-1", "5"}, {"5", "-1"}, {"null", "5"}, {"5", "null"}, {"1e300", "5"}, {"5", "1e300"}} {
		for engine, text := range map[Engine]string{
			OSRM:     fmt.Sprintf(`{"code":"Ok","durations":[[%s],[60]],"distances":[[%s],[2000]]}`, c.seconds, c.distance),
			Valhalla: fmt.Sprintf(`{"units":"km","sources_to_targets":[[{"time":%s,"distance":%s}],[{"time":60,"distance":2}]]}`, c.seconds, c.distance),
		} {
			f := newFake(t)
			f.instead(body(200, text))
			r, err := New(Config{URL: f.URL, Engine: engine, Timeout: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			from := starts(2)
			got := table(t, r, from)
			isEstimate(t, got[0], from[0], site, FallbackNoRoute)
			if want := (geo.Travel{Duration: time.Minute, Distance: 2000, Source: string(engine)}); got[1] != want {
				t.Errorf("%s, %+v: %+v", engine, c, got[1])
			}
		}
	}
}

func TestMiles(t *testing.T) {
	t.Parallel()
	journeys, err := valhalla{}.parse([]byte(`{"units":"miles","sources_to_targets":[[{"time":60,"distance":2}]]}`), 1)
	if err != nil || math.Abs(journeys[0].metres-3218.688) > 1e-9 {
		t.Errorf("%+v, %v", journeys, err)
	}
}

func TestRefusalIsNotFailure(t *testing.T) {
	each(t, nil, func(t *testing.T, r *Router, f *fake, _ *turned) {
		f.instead(body(400, `{"code":"NoSegment","error_code":171}`))
		from := starts(2)
		for i, got := range table(t, r, from) {
			isEstimate(t, got, from[i], site, FallbackRefused)
		}
		f.instead(nil)
		for i, got := range table(t, r, from) {
			isRouted(t, r.cfg.Engine, got, from[i], site)
		}
	})
}

func TestDeadRouterIsLeftAlone(t *testing.T) {
	each(t, func(c *Config) { c.Batch = 2; c.Pause = 5 * time.Second }, func(t *testing.T, r *Router, f *fake, clock *turned) {
		f.instead(body(503, ``))
		from := starts(9)
		for range 20 {
			for i, got := range table(t, r, from) {
				isEstimate(t, got, from[i], site, FallbackDown)
			}
		}
		if got := f.requests.Load(); got != 1 {
			t.Errorf("%d requests to a dead router, want 1", got)
		}
		clock.turn(5*time.Second - 1)
		table(t, r, from)
		if got := f.requests.Load(); got != 1 {
			t.Errorf("%d requests before the pause is over, want 1", got)
		}
		clock.turn(1)
		table(t, r, from)
		if got := f.requests.Load(); got != 2 {
			t.Errorf("%d requests after the pause, want 2", got)
		}
		f.instead(nil)
		clock.turn(5 * time.Second)
		for i, got := range table(t, r, from) {
			isRouted(t, r.cfg.Engine, got, from[i], site)
		}
		if err := r.Down(); err != nil {
			t.Errorf("down: %v", err)
		}
	})
}

// After the pause one request tries the router; the others do not wait for it.
func TestOneAtATimeTriesADeadRouter(t *testing.T) {
	each(t, nil, func(t *testing.T, r *Router, f *fake, clock *turned) {
		f.instead(body(503, ``))
		from := starts(1)
		table(t, r, from)
		clock.turn(time.Minute)
		f.requests.Store(0)
		arrived, release := make(chan struct{}), make(chan struct{})
		f.instead(func(w http.ResponseWriter, _ *http.Request) {
			arrived <- struct{}{}
			<-release
			w.WriteHeader(503)
		})
		var trying sync.WaitGroup
		trying.Go(func() { table(t, r, from) })
		<-arrived
		for range 10 {
			isEstimate(t, table(t, r, from)[0], from[0], site, FallbackDown)
		}
		close(release)
		trying.Wait()
		if got := f.requests.Load(); got != 1 {
			t.Errorf("%d requests, want 1", got)
		}
	})
}

func TestSlowRouterIsEstimated(t *testing.T) {
	each(t, func(c *Config) { c.Timeout = 30 * time.Millisecond }, func(t *testing.T, r *Router, f *fake, _ *turned) {
		f.instead(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		// The server only notices that the client has gone once the body is read.
		if r.cfg.Engine == Valhalla {
			f.instead(func(_ http.ResponseWriter, r *http.Request) {
				_, _, _ = question(r)
				<-r.Context().Done()
			})
		}
		from := starts(2)
		for i, got := range table(t, r, from) {
			isEstimate(t, got, from[i], site, FallbackDown)
		}
		if !errors.Is(r.Down(), context.DeadlineExceeded) {
			t.Errorf("down: %v", r.Down())
		}
	})
}

func TestNobodyListens(t *testing.T) {
	each(t, nil, func(t *testing.T, r *Router, f *fake, _ *turned) {
		f.Close()
		from := starts(2)
		for i, got := range table(t, r, from) {
			isEstimate(t, got, from[i], site, FallbackDown)
		}
		if r.Down() == nil {
			t.Error("not down")
		}
	})
}

// A caller who leaves gets the context's error, and the router is not blamed.
func TestCallerLeaves(t *testing.T) {
	each(t, nil, func(t *testing.T, r *Router, f *fake, _ *turned) {
		ctx, cancel := context.WithCancel(context.Background())
		f.instead(func(_ http.ResponseWriter, r *http.Request) {
			_, _, _ = question(r)
			cancel()
			<-r.Context().Done()
		})
		from := starts(2)
		if _, err := r.Table(ctx, from, site); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if err := r.Down(); err != nil {
			t.Errorf("down: %v", err)
		}
		f.instead(nil)
		for i, got := range table(t, r, from) {
			isRouted(t, r.cfg.Engine, got, from[i], site)
		}
	})
}

func TestInvalidPoint(t *testing.T) {
	each(t, nil, func(t *testing.T, r *Router, f *fake, _ *turned) {
		if _, err := r.Table(context.Background(), []orb.Point{{10, 60}, {10, 100}}, site); !errors.Is(err, geo.ErrInvalidPoint) {
			t.Errorf("error %v", err)
		}
		if f.requests.Load() != 0 {
			t.Error("asked about an invalid point")
		}
	})
}

func TestConfigRefused(t *testing.T) {
	t.Parallel()
	good := Config{URL: "http://127.0.0.1:1/osrm/", Engine: OSRM}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"no URL":            func(c *Config) { c.URL = "" },
		"no scheme":         func(c *Config) { c.URL = "localhost:5000" },
		"file":              func(c *Config) { c.URL = "file:///tmp" },
		"query":             func(c *Config) { c.URL = "http://127.0.0.1/?a=b" },
		"unknown engine":    func(c *Config) { c.Engine = "crow" },
		"negative timeout":  func(c *Config) { c.Timeout = -1 },
		"negative batch":    func(c *Config) { c.Batch = -1 },
		"negative pause":    func(c *Config) { c.Pause = -1 },
		"useless estimator": func(c *Config) { c.Estimate = &geo.Estimator{} },
	} {
		cfg := good
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

// Whatever a router answers, a parser refuses it or gives sensible journeys, one for each question.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"code":"Ok","durations":[[1.5],[null]],"distances":[[20],[null]]}`))
	f.Add([]byte(`{"units":"kilometers","sources_to_targets":[[{"time":60,"distance":2,"from_index":0}],[{"time":null,"distance":null}]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, a := range []api{osrm{}, valhalla{}} {
			journeys, err := a.parse(data, 2)
			if err == nil && len(journeys) != 2 {
				t.Fatalf("%d journeys", len(journeys))
			}
			for _, j := range journeys {
				if j.ok && !(j.seconds >= 0 && j.metres >= 0 && j.seconds < 1e9 && j.metres < 1e9) {
					t.Fatalf("%+v", j)
				}
			}
		}
	})
}
