package readings

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// FromVisit books what a technician read off the counters at the end of a visit; it is a dispatch.ReadingsHook. Implausible
// values are kept, with the reason "technician". What cannot be is refused with its field, "readings[1].counter", so that
// the technician corrects it: Invalid "counter_unknown" (params.counter, params.known) and "counter_out_of_range". All of it
// is left out when there is another reading at the very same time, and where the device left the books meanwhile: the
// visit keeps it all the same. A second call for the same visit changes nothing.
func FromVisit(ctx context.Context, tx postgres.Tx, read dispatch.VisitReadings) error {
	meters, err := metersFor(ctx, tx, identity.System(), []uuid.UUID{read.Device})
	if err != nil {
		return err
	}
	m := meters[read.Device]
	if m == nil {
		return nil // the device left the books while the visit went on
	}
	values := Counters{}
	for i, r := range read.Counters {
		field := "readings[" + strconv.Itoa(i) + "]."
		if !slices.Contains(m.counters, r.Counter) {
			return fault.NewInvalid(field+"counter", "counter_unknown", "This model has no counter "+r.Counter+".",
				fault.Param("counter", r.Counter), fault.Param("known", strings.Join(m.counters, ",")))
		}
		if r.Value < 0 || r.Value > MaxValue {
			return fault.NewInvalid(field+"value", "counter_out_of_range", "The counter "+r.Counter+" cannot show this value.",
				fault.Param("counter", r.Counter), fault.Param("value", number(r.Value)))
		}
		values[r.Counter] = r.Value
	}
	if len(values) == 0 {
		return nil
	}
	if err := lock(ctx, tx, []uuid.UUID{m.id}); err != nil {
		return err
	}
	at := read.At.UTC().Truncate(time.Microsecond)
	if at.After(tx.Now()) {
		at = tx.Now()
	}
	if err := remember(ctx, tx, meters, map[uuid.UUID]time.Time{m.id: at}); err != nil {
		return err
	}
	// A technician may have read some counters only.
	m.machine.counters = slices.DeleteFunc(slices.Clone(m.counters), func(c string) bool { _, has := values[c]; return !has })
	v := judge(m.machine, m.history, at, tx.Now(), values)
	if v.same != nil || len(v.refusals) > 0 || slices.ContainsFunc(m.history, func(p point) bool { return p.reading.VisitID == read.Visit }) {
		return nil
	}
	r := &Reading{
		ID: uuid.Must(uuid.NewV7()), DeviceID: m.id, TakenAt: at, Counters: values, Source: FromTechnician,
		EnteredBy: read.Actor.PersonID, EnteredAt: tx.Now(), VisitID: read.Visit,
	}
	if len(v.doubts) > 0 {
		r.Reason = "technician"
	}
	return book(ctx, tx, read.Actor, []*Reading{r})
}
