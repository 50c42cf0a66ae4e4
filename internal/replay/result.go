package replay

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Result is what came of a replay.
type Result struct {
	Input       Input
	Technicians int

	// Opened, Completed, Cancelled and Open count requests at the end; Stuck names those that are open.
	Opened, Completed, Cancelled, Open int
	Stuck                              []string
	// Visits that were worked on, of which SecondVisits left the request unsolved; Declined offers; Nobody is how often
	// nobody could be assigned for the time being.
	Visits, SecondVisits, Declined, Nobody int

	// ToAssignment is from opened to the first assignment, Travel from leaving to arriving.
	ToAssignment, Travel Spread
	// Kilometres driven, as the crow flies.
	Kilometres float64
	// WithTarget counts completed requests with a target, OnTime those that met it.
	WithTarget, OnTime int

	// FixesSent and FixesKept count reported positions.
	FixesSent, FixesKept int64
	// Operations counts changes that people made.
	Operations int64

	Checks []Check
	// From and Until are the simulated time, Took the real one.
	From, Until time.Time
	Took        time.Duration
}

// Input is what the file held.
type Input struct {
	Read, Accepted int
	Refused        map[string]int
	// Gaps and Overlaps are local times that the clocks jumped over, and that came twice.
	Gaps, Overlaps int
	// DefaultPoint is "latitude, longitude" of the point that stands for unknown; empty when there is none.
	DefaultPoint string
	DefaultRows  int
}

func (in *input) summary() Input {
	s := Input{Read: in.read, Accepted: len(in.rows), Refused: in.refused, Gaps: in.gaps, Overlaps: in.overlaps, DefaultRows: in.defaultRows}
	if p := in.defaultPoint; p != nil {
		s.DefaultPoint = degrees(p.Lat()) + ", " + degrees(p.Lon())
	}
	return s
}

// Spread is the middle and the upper end of many durations.
type Spread struct{ P50, P90 time.Duration }

// Check is one thing that must be so at the end.
type Check struct {
	// What must hold, and by which way it was looked at: "SQL" or "API".
	What, By string
	// Wrong says what does not hold; empty when it does.
	Wrong string
}

// Err is nil when all checks passed.
func (r Result) Err() error {
	var wrong []error
	for _, c := range r.Checks {
		if c.Wrong != "" {
			wrong = append(wrong, fmt.Errorf("%s: %s", c.What, c.Wrong))
		}
	}
	return errors.Join(wrong...)
}

// Print writes the result for people.
func (r Result) Print(out io.Writer) {
	var b strings.Builder
	line := func(name, format string, values ...any) {
		fmt.Fprintf(&b, "%-22s %s\n", name, fmt.Sprintf(format, values...))
	}
	refused := 0
	for _, n := range r.Input.Refused {
		refused += n
	}
	line("Rows read", "%d", r.Input.Read)
	line("Rows refused", "%d", refused)
	for _, why := range slices.SortedFunc(maps.Keys(r.Input.Refused), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Input.Refused[b], r.Input.Refused[a]), cmp.Compare(a, b))
	}) {
		line("", "%6d  %s", r.Input.Refused[why], why)
	}
	if r.Input.DefaultPoint != "" {
		line("Default point", "%s stands in %d rows and is no address", r.Input.DefaultPoint, r.Input.DefaultRows)
	}
	line("Summer time", "%d times in the hour that is left out, %d in the hour that comes twice", r.Input.Gaps, r.Input.Overlaps)
	if len(r.Checks) > 0 {
		r.printRun(line)
	}
	_, _ = io.WriteString(out, b.String()) // whoever reads it is gone
}

func (r Result) printRun(line func(name, format string, values ...any)) {
	line("Requests opened", "%d", r.Opened)
	line("Completed", "%d", r.Completed)
	line("Cancelled", "%d", r.Cancelled)
	line("Open at the end", "%d", r.Open)
	for _, s := range r.Stuck {
		line("", "%s", s)
	}
	line("Technicians", "%d; %d visits, %d of them need a second, %d declined, %d times nobody was free",
		r.Technicians, r.Visits, r.SecondVisits, r.Declined, r.Nobody)
	line("Time to assignment", "p50 %s, p90 %s", short(r.ToAssignment.P50), short(r.ToAssignment.P90))
	line("Travel", "p50 %s, p90 %s; %.0f km as the crow flies", short(r.Travel.P50), short(r.Travel.P90), r.Kilometres)
	share := 0.0
	if r.WithTarget > 0 {
		share = 100 * float64(r.OnTime) / float64(r.WithTarget)
	}
	line("Target met", "%d of %d (%.1f %%)", r.OnTime, r.WithTarget, share)
	line("Positions", "%d sent, %d kept", r.FixesSent, r.FixesKept)
	line("Changes", "%d", r.Operations)
	line("Simulated", "%s to %s", r.From.Format(time.RFC3339), r.Until.Format(time.RFC3339))
	line("Took", "%s", r.Took.Round(100*time.Millisecond))
	for _, c := range r.Checks {
		verdict := "ok"
		if c.Wrong != "" {
			verdict = "WRONG: " + c.Wrong
		}
		line("Check ("+c.By+")", "%s: %s", c.What, verdict)
	}
}

func short(d time.Duration) string { return d.Round(time.Second).String() }
