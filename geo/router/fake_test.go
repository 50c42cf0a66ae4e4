package router

import (
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"utsendt/geo"
)

// fake is a router on 127.0.0.1 that speaks both APIs: roads run straight, driven at 20 m/s. Starts south of the
// equator have no way.
type fake struct {
	*httptest.Server
	requests atomic.Int64
	largest  atomic.Int64                     // starts in one request
	answer   atomic.Pointer[http.HandlerFunc] // instead of the usual one, when set
}

func newFake(t *testing.T) *fake {
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) instead(h http.HandlerFunc) {
	if h == nil {
		f.answer.Store(nil)
		return
	}
	f.answer.Store(&h)
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	f.requests.Add(1)
	if h := f.answer.Load(); h != nil {
		(*h)(w, r)
		return
	}
	from, to, ok := question(r)
	if !ok {
		http.Error(w, `{"code":"InvalidQuery"}`, http.StatusBadRequest)
		return
	}
	f.largest.Store(max(f.largest.Load(), int64(len(from))))
	var durations, distances [][]*float64
	var rows [][]map[string]any
	for i, p := range from {
		var seconds, metres, kilometres *float64
		if p.Lat() >= 0 {
			m := geo.Distance(p, to)
			s, km := m/20, m/1000
			seconds, metres, kilometres = &s, &m, &km
		}
		durations, distances = append(durations, []*float64{seconds}), append(distances, []*float64{metres})
		rows = append(rows, []map[string]any{{"time": seconds, "distance": kilometres, "from_index": i, "to_index": 0}})
	}
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		_ = json.NewEncoder(w).Encode(map[string]any{"code": "Ok", "durations": durations, "distances": distances})
	} else {
		_ = json.NewEncoder(w).Encode(map[string]any{"sources_to_targets": rows, "units": "kilometers"})
	}
}

// question reads a request strictly as the engines' documentation has it.
func question(r *http.Request) (from []orb.Point, to orb.Point, ok bool) {
	if r.Method == http.MethodPost && r.URL.Path == "/sources_to_targets" {
		type place struct{ Lat, Lon float64 }
		var q struct {
			Sources, Targets []place
			Costing, Units   string
		}
		if json.NewDecoder(r.Body).Decode(&q) != nil || len(q.Targets) != 1 || q.Costing != "auto" || q.Units != "kilometers" {
			return nil, to, false
		}
		for _, s := range q.Sources {
			from = append(from, orb.Point{s.Lon, s.Lat})
		}
		return from, orb.Point{q.Targets[0].Lon, q.Targets[0].Lat}, len(from) > 0
	}
	list, found := strings.CutPrefix(r.URL.Path, "/table/v1/driving/")
	if r.Method != http.MethodGet || !found {
		return nil, to, false
	}
	var all []orb.Point
	for _, pair := range strings.Split(list, ";") {
		lon, lat, _ := strings.Cut(pair, ",")
		x, err1 := strconv.ParseFloat(lon, 64)
		y, err2 := strconv.ParseFloat(lat, 64)
		if err1 != nil || err2 != nil {
			return nil, to, false
		}
		all = append(all, orb.Point{x, y})
	}
	n := len(all) - 1
	sources := make([]string, n)
	for i := range sources {
		sources[i] = strconv.Itoa(i)
	}
	want := "sources=" + strings.Join(sources, ";") + "&destinations=" + strconv.Itoa(n) + "&annotations=duration,distance"
	return all[:n], all[n], n > 0 && r.URL.RawQuery == want
}

// isRouted fails unless the journey is the one that the fake calculates.
func isRouted(t *testing.T, engine Engine, got geo.Travel, from, to orb.Point) {
	t.Helper()
	metres := geo.Distance(from, to)
	// OSRM gets coordinates to six decimals, 0.1 m.
	if got.Source != string(engine) || got.Fallback != "" || math.Abs(got.Distance-metres) > 1 || math.Abs(got.Duration.Seconds()-metres/20) > 0.1 {
		t.Errorf("%s from %v: %+v, want %v m", engine, from, got, metres)
	}
}

// isEstimate fails unless the journey is estimated and says why.
func isEstimate(t *testing.T, got geo.Travel, from, to orb.Point, why string) {
	t.Helper()
	want := geo.StandardEstimator().Travel(from, to)
	want.Fallback = why
	if got != want {
		t.Errorf("from %v: %+v, want %+v", from, got, want)
	}
}

func starts(n int) []orb.Point {
	from := make([]orb.Point, n)
	for i := range from {
		from[i] = orb.Point{10 + float64(i)/100, 59 + float64(i)/200}
	}
	return from
}

var site = orb.Point{10.75, 59.91}

// turned is a clock that only the test moves.
type turned struct{ ns atomic.Int64 }

func (c *turned) now() time.Time       { return time.Unix(0, c.ns.Load()) }
func (c *turned) turn(d time.Duration) { c.ns.Add(int64(d)) }
