package supplies_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
	"utsendt/portal/supplies"
)

var events = []supplies.Event{
	supplies.Pick, supplies.Ship, supplies.CorrectTracking, supplies.Deliver, supplies.Cancel, supplies.Change,
}

// Every state and step: where it leads, or why not.
func TestMachine(t *testing.T) {
	t.Parallel()
	want := map[supplies.State]map[supplies.Event]supplies.State{
		supplies.Placed:    {supplies.Pick: supplies.Picked, supplies.Cancel: supplies.Cancelled, supplies.Change: supplies.Placed},
		supplies.Picked:    {supplies.Ship: supplies.Shipped},
		supplies.Shipped:   {supplies.CorrectTracking: supplies.Shipped, supplies.Deliver: supplies.Delivered},
		supplies.Delivered: {}, supplies.Cancelled: {},
	}
	for _, from := range supplies.States {
		allowed := supplies.Allowed(from)
		if len(allowed) != len(want[from]) {
			t.Errorf("%s allows %v", from, allowed)
		}
		for _, event := range events {
			to, err := supplies.Decide(from, event)
			expected, possible := want[from][event]
			if possible != slices.Contains(allowed, event) || possible != (err == nil) || possible && to != expected {
				t.Errorf("%s in %s: %s %v", event, from, to, err)
			}
			if !possible {
				wantReason(t, fmt.Sprint(event, " in ", from), err, fault.WrongState, "order_wrong_state")
				if f := fault.From(err); f.Params["state"] != string(from) || f.Params["allowed"] == "" || to != from {
					t.Errorf("%+v", f)
				}
			}
		}
	}
}

// put writes an order straight into a state, as no code of ours could: the triggers are off.
func put(t *testing.T, w *world, state supplies.State) uuid.UUID {
	t.Helper()
	o := w.place(t)
	w.exec(t, "ALTER TABLE supply_orders DISABLE TRIGGER supply_orders_step")
	w.exec(t, "UPDATE supply_orders SET "+columnsOf(state)+" WHERE id = ?", o.ID)
	w.exec(t, "ALTER TABLE supply_orders ENABLE TRIGGER supply_orders_step")
	return o.ID
}

// columnsOf sets everything that a state brings with it.
func columnsOf(state supplies.State) string {
	at := func(column string, states ...supplies.State) string {
		if slices.Contains(states, state) {
			return ", " + column + " = now()"
		}
		return ", " + column + " = NULL"
	}
	carrier, reason := "", ""
	if state == supplies.Shipped || state == supplies.Delivered {
		carrier = "x"
	}
	if state == supplies.Cancelled {
		reason = "x"
	}
	return "state = '" + string(state) + "', carrier = '" + carrier + "', tracking_number = '', cancel_reason = '" + reason + "'" +
		at("picked_at", supplies.Picked, supplies.Shipped, supplies.Delivered) + at("shipped_at", supplies.Shipped, supplies.Delivered) +
		at("delivered_at", supplies.Delivered) + at("cancelled_at", supplies.Cancelled)
}

// The trigger lets through exactly the pairs of states of the machine's table.
func TestDatabaseKnowsTheMachine(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	for _, from := range supplies.States {
		for _, to := range supplies.States {
			want := slices.ContainsFunc(supplies.Transitions, func(tr supplies.Transition) bool { return tr.From == from && tr.To == to })
			_, err := w.DB.ExecContext(ctx, "UPDATE supply_orders SET version = version + 1, "+columnsOf(to)+" WHERE id = ?", put(t, w, from))
			if want && err != nil {
				t.Errorf("%s to %s is refused: %v", from, to, err)
			} else if !want && !postgres.IsCheck(err, "supply_orders_step") {
				t.Errorf("%s to %s is not refused by the trigger: %v", from, to, err)
			}
		}
	}
}

func TestDatabaseRefusesBadOrders(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	for _, c := range []struct {
		state           supplies.State
		set, constraint string
	}{
		{supplies.Placed, "line2 = 'x'", "supply_orders_version"},
		{supplies.Placed, "version = version - 1", "supply_orders_version"},
		{supplies.Placed, "version = version + 1, number = 'SO-0'", "supply_orders_whose"},
		{supplies.Placed, "version = version + 1, ordered_by = '" + w.colleague.PersonID.String() + "'", "supply_orders_whose"},
		{supplies.Placed, "version = version + 1, carrier = 'x'", "supply_orders_shipped"},
		{supplies.Placed, "version = version + 1, tracking_number = 'x'", "supply_orders_shipped"},
		{supplies.Placed, "version = version + 1, state = 'picked'", "supply_orders_picked"},
		{supplies.Placed, "version = version + 1, picked_at = now()", "supply_orders_picked"},
		{supplies.Placed, "version = version + 1, state = 'cancelled', cancelled_at = now()", "supply_orders_cancelled"},
		{supplies.Placed, "version = version + 1, state = 'cancelled', cancel_reason = 'x'", "supply_orders_cancelled"},
		{supplies.Picked, "version = version + 1, state = 'shipped', shipped_at = now()", "supply_orders_shipped"},
		{supplies.Shipped, "version = version + 1, state = 'delivered'", "supply_orders_delivered"},
		{supplies.Shipped, "version = version + 1, carrier = ''", "supply_orders_shipped"},
	} {
		_, err := w.DB.ExecContext(ctx, "UPDATE supply_orders SET "+c.set+" WHERE id = ?", put(t, w, c.state))
		if !postgres.IsCheck(err, c.constraint) {
			t.Errorf("%s: %s: %v, want %s", c.state, c.set, err, c.constraint)
		}
	}
	// Lines change only while the order is placed.
	for _, state := range supplies.States {
		id := put(t, w, state)
		for _, q := range []string{
			"UPDATE supply_order_lines SET quantity = 2 WHERE order_id = ?",
			"INSERT INTO supply_order_lines SELECT order_id, 2, '" + w.cyan.String() + "', 'x', 'x', 'x', 1 FROM supply_order_lines WHERE order_id = ?",
			"DELETE FROM supply_order_lines WHERE order_id = ?",
		} {
			_, err := w.DB.ExecContext(ctx, q, id)
			if placed := state == supplies.Placed; placed && err != nil || !placed && !postgres.IsCheck(err, "supply_order_lines_placed") {
				t.Errorf("%s: %s: %v", state, q, err)
			}
		}
	}
	_, err := w.DB.ExecContext(ctx, `UPDATE supply_order_lines SET quantity = 0 WHERE order_id = ?`, w.place(t).ID)
	if !postgres.IsCheck(err, "") {
		t.Errorf("a line of nothing: %v", err)
	}
	_, err = w.DB.ExecContext(ctx, `INSERT INTO supply_orders (id, number, state, version, account_id, device_id, serial_number, model, contract_number,
		ordered_by, line1, postal_code, city, country, placed_at, picked_at, updated_at)
		SELECT gen_random_uuid(), 'SO-1', 'picked', 1, account_id, device_id, '', '', '', ordered_by, '', '', '', '', now(), now(), now() FROM supply_orders LIMIT 1`)
	if !postgres.IsCheck(err, "supply_orders_step") {
		t.Errorf("an order that begins picked: %v", err)
	}
}
