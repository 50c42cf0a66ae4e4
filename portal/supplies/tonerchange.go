package supplies

import (
	"context"
	"slices"
	"time"

	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/supplies/forecast"
)

// TonerChange is what a reading or a delivery changed about when the toners of a device run out.
type TonerChange struct {
	// At is when the reading was taken or the order delivered; there is one change at a time.
	At time.Time
	// Delivered: it was a delivery; otherwise a reading.
	Delivered bool
	Outlooks  []TonerOutlook
}

// TonerOutlook is when the toner of a colour runs out, as known at a time.
type TonerOutlook struct {
	Colour Colour
	// Status is Expected, Overdue or Distant.
	Status forecast.Status
	// RunsOut is zero when Distant. Before is what was said last, and zero when nothing was.
	RunsOut, Before time.Time
}

// A forecast is told anew when it moves by a week or by a tenth of the time that is left, whichever is more: every reading moves
// it a little.
const (
	leastMove = 7 * 24 * time.Hour
	// leastLook is how long nobody looks after a look, where a device is read more often than people do it: but for deliveries
	// and the last reading, which are always looked at.
	leastLook  = 7 * 24 * time.Hour
	shareMoved = 10
)

// ForecastOf is [Service.Forecast] of a device that the caller may see, in the caller's transaction.
func (s *Service) ForecastOf(ctx context.Context, tx postgres.Tx, d portal.DeviceDetail) ([]TonerForecast, error) {
	return s.forecast(ctx, tx, []portal.DeviceDetail{d})
}

// TonerChanges tells how the forecast of a device that the caller may see went, the newest change first: what it would have
// been after each delivery, and after the last reading of each week, of the last three years, as they are known now.
func (s *Service) TonerChanges(ctx context.Context, tx postgres.Tx, d portal.DeviceDetail) ([]TonerChange, error) {
	known, err := readLife(ctx, tx, []portal.DeviceDetail{d}, true)
	if err != nil {
		return nil, err
	}
	moments := map[time.Time]bool{} // whether it was a delivery
	for _, r := range known.readings[d.ID] {
		moments[r.At] = false
	}
	colours := make([]Colour, 0, 4)
	for _, colour := range []Colour{Black, Cyan, Magenta, Yellow} {
		if len(known.toners[slot{d.ModelID, colour}]) == 0 {
			continue
		}
		delivered := false
		for _, o := range known.orders[slot{d.ID, colour}] {
			if o.DeliveredAt != nil {
				moments[*o.DeliveredAt], delivered = true, true
			}
		}
		if delivered { // without any delivery nothing is ever known
			colours = append(colours, colour)
		}
	}
	if len(colours) == 0 {
		return nil, nil
	}
	series := make(map[Colour]*forecast.Series, len(colours))
	deliveries := make(map[Colour][]forecast.Delivery, len(colours))
	for _, colour := range colours {
		series[colour] = forecast.NewSeries(string(colour), known.readings[d.ID])
		for _, o := range known.orders[slot{d.ID, colour}] {
			if o.DeliveredAt != nil {
				deliveries[colour] = append(deliveries[colour], forecast.Delivery{At: *o.DeliveredAt, Quantity: o.Quantity, Yield: o.Yield})
			}
		}
	}
	var changes []TonerChange
	said := map[Colour]TonerOutlook{}
	times, looked := sortedTimes(moments), time.Time{}
	for i, at := range times {
		if !moments[at] && i < len(times)-1 && at.Sub(looked) < leastLook {
			continue
		}
		looked = at
		change := TonerChange{At: at, Delivered: moments[at]}
		for _, colour := range colours {
			f := series[colour].Of(forecast.Input{Now: at, Deliveries: deliveries[colour]}) // whether to order is not asked: Arrival is not known
			before, told := said[colour]
			now := TonerOutlook{Colour: colour, Status: f.Status, RunsOut: f.RunsOut, Before: before.RunsOut}
			if !worthSaying(before, told, now, at) {
				continue
			}
			said[colour] = now
			change.Outlooks = append(change.Outlooks, now)
		}
		if len(change.Outlooks) > 0 {
			changes = append(changes, change)
		}
	}
	slices.Reverse(changes)
	return changes, nil
}

// worthSaying reports whether an outlook differs from what was said before by more than readings always do.
func worthSaying(before TonerOutlook, told bool, now TonerOutlook, at time.Time) bool {
	switch {
	case now.Status == forecast.Unknown:
		return false
	case !told:
		return now.Status != forecast.Distant
	case now.Status != before.Status:
		return true
	case now.Status == forecast.Distant:
		return false
	}
	return now.RunsOut.Sub(before.RunsOut).Abs() >= max(leastMove, before.RunsOut.Sub(at).Abs()/shareMoved)
}

func sortedTimes(moments map[time.Time]bool) []time.Time {
	times := make([]time.Time, 0, len(moments))
	for at := range moments {
		times = append(times, at)
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}
