package supplies_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/portal/supplies"
	"utsendt/portal/supplies/forecast"
)

// read stores a reading of so many days ago.
func (w *world) read(t testing.TB, device dispatch.Device, daysAgo int, black, colour int64) {
	t.Helper()
	w.exec(t, `INSERT INTO meter_readings (id, device_id, taken_at, counters, source, entered_at)
		VALUES (gen_random_uuid(), ?, ?, ?::jsonb, 'customer', ?)`, device.ID, w.Clock.Now().AddDate(0, 0, -daysAgo),
		fmt.Sprintf(`{"black": %d, "colour": %d}`, black, colour), w.Clock.Now())
}

// lived is half a year of 100 black pages a day, and a black toner delivered so many days ago.
func (w *world) lived(t testing.TB, device dispatch.Device, deliveredAgo int) {
	t.Helper()
	for ago := 150; ago >= 0; ago -= 30 {
		w.read(t, device, ago, int64(100_000-100*ago), 5_000)
	}
	w.delivered(t, device, w.black, deliveredAgo)
}

func (w *world) delivered(t testing.TB, device dispatch.Device, supply uuid.UUID, daysAgo int) {
	t.Helper()
	w.Clock.Forward(-time.Duration(daysAgo)*24*time.Hour - 3*time.Minute)
	a, err := w.s.PlaceFor(t.Context(), w.Dispatcher, uuid.New(), supplies.Wish{
		SerialNumber: device.SerialNumber, Lines: []supplies.Want{{supply, 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.bring(t, a.Order, supplies.Delivered)
	w.Clock.Forward(time.Duration(daysAgo) * 24 * time.Hour)
}

func TestForecastOfADevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.lived(t, w.device, 105)
	all, err := w.s.Forecast(t.Context(), w.Customer, w.device.ID)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v %v", all, err)
	}
	black, cyan := all[0], all[1]
	if black.Colour != supplies.Black || black.Status != forecast.Expected || !black.OrderNow || black.Open != nil || black.Supply.ID != w.black ||
		black.RunsOut.Sub(w.Clock.Now()).Round(24*time.Hour) != 5*24*time.Hour {
		t.Errorf("%+v", black)
	}
	if cyan.Colour != supplies.Cyan || cyan.Status != forecast.Unknown || cyan.Reason != forecast.NotUsed || cyan.OrderNow {
		t.Errorf("%+v", cyan)
	}
	// A superseded reading counts no more.
	w.exec(t, `UPDATE meter_readings AS r SET superseded_by = (SELECT id FROM meter_readings WHERE taken_at > r.taken_at ORDER BY taken_at LIMIT 1)`)
	if all, err = w.s.Forecast(t.Context(), w.Customer, w.device.ID); err != nil || all[0].Reason != forecast.ReadingsTooFew {
		t.Errorf("%+v %v", all, err)
	}
	w.exec(t, `UPDATE meter_readings SET superseded_by = NULL`)
	// What is on its way is not ordered again, and what the contract does not include is not offered.
	open := w.place(t)
	if all, err = w.s.Forecast(t.Context(), w.Customer, w.device.ID); err != nil || all[0].OrderNow || all[0].Open == nil || all[0].Open.Number != open.Number ||
		all[0].Steps[len(all[0].Steps)-1].Key != forecast.StepOnOrder {
		t.Errorf("%+v %v", all, err)
	}
	w.bring(t, open, supplies.Cancelled)
	w.exec(t, `UPDATE contracts SET supply_kinds = '{staples}'`)
	if all, err = w.s.Forecast(t.Context(), w.Customer, w.device.ID); err != nil || all[0].OrderNow || all[0].Open != nil || all[0].Status != forecast.Expected {
		t.Errorf("%+v %v", all, err)
	}
}

func TestForecastOfTheFleetIsSoonestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(t, `DELETE FROM supply_models WHERE supply_id = ?`, w.cyan)
	want := map[string]int{}
	for i, ago := range []int{60, 30, 112, 90} {
		d := w.Device(t)
		w.exec(t, `UPDATE devices SET contract_id = ? WHERE id = ?`, w.contract, d.ID)
		w.lived(t, d, ago)
		if i > 0 { // the first is not followed
			w.follow(t, w.Customer, d.ID)
			want[d.SerialNumber] = ago
		}
	}
	var got []int
	page := supplies.Page{Size: 1}
	for {
		p, err := w.s.ForecastFleet(t.Context(), w.Customer, page)
		if err != nil || len(p.Forecasts) > 1 {
			t.Fatalf("%+v %v", p, err)
		}
		for _, f := range p.Forecasts {
			got = append(got, want[f.Device.SerialNumber])
		}
		if page.Token = p.Next; page.Token == "" {
			break
		}
	}
	// Overdue, expected by date, and at last the device of which nothing is known.
	if fmt.Sprint(got) != "[112 90 30 0]" {
		t.Errorf("in the order %v", got)
	}
}
