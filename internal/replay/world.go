package replay

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// world is everybody who acts, and what is to happen.
type world struct {
	clock  *clock
	zone   *time.Location
	office *office
	crew   []*technician
	agenda agenda
	log    *slog.Logger
	day    string
	// speed, when not 0, is how many times faster than life; begun and from are where both clocks began.
	speed       float64
	begun, from time.Time
}

func newWorld(cfg Config, api *client.Server, c *clock, rows []row, crew []member, password string) *world {
	w := &world{clock: c, zone: cfg.Zone, log: cfg.Logger, speed: cfg.Speed, begun: time.Now(), from: c.Now()}
	w.office = newOffice(api.Browser(dispatcherID, password), c, rows, cfg.Seed)
	for i, m := range crew {
		w.crew = append(w.crew, newTechnician(m, i, w.office, api.Phone(m.userID, password, "Replay"), cfg.Zone, cfg.Seed))
	}
	return w
}

// prepare finds out which technician is whom, and puts the shifts and the openings on the agenda.
func (w *world) prepare(ctx context.Context) error {
	numbers := map[string]*technician{}
	now := w.clock.Now()
	for _, t := range w.crew {
		numbers[t.number] = t
		w.agenda.add(t.begin(now))
	}
	req := &dispatchv1.ListTechniciansRequest{PageSize: 500}
	for {
		res, err := client.Call(ctx, &w.office.browser.Session, w.office.browser.Dispatch.ListTechnicians, req)
		if err != nil {
			return fmt.Errorf("reading the technicians: %w", err)
		}
		for _, t := range res.Technicians {
			w.office.crew[t.Id] = numbers[t.Number]
		}
		if req.PageToken = res.NextPageToken; req.PageToken == "" {
			break
		}
	}
	for i := range w.office.rows {
		w.agenda.add(w.office.opening(i))
	}
	return nil
}

// play lets everything happen until every request has ended, or patience has.
func (w *world) play(ctx context.Context) error {
	last := w.office.rows[len(w.office.rows)-1].opened.Add(patience)
	for w.office.open.Load() > 0 {
		at, batch := w.agenda.next()
		if batch == nil || at.After(last) {
			return nil // verify says what is open
		}
		if w.speed > 0 {
			due := w.begun.Add(time.Duration(float64(at.Sub(w.from)) / w.speed))
			if !client.Sleep(ctx, time.Until(due)) {
				return ctx.Err()
			}
		}
		w.clock.set(at)
		w.progress(at)
		next, err := run(ctx, batch, parallel())
		if err != nil {
			return err
		}
		w.agenda.add(next...)
	}
	return nil
}
