package supplies_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/checkdigit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/portal/supplies"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	line2, line3 := "  v/ Sentralbord\t2 ", "Port B"
	a, err := w.s.Place(t.Context(), w.Customer, uuid.New(), supplies.Wish{
		DeviceID: w.device.ID, Edit: supplies.Edit{Line2: &line2, Line3: &line3},
		Lines: []supplies.Want{{w.cyan, 2}, {w.black, supplies.MaxQuantity}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := a.Order
	number, ok, checks := checkdigit.Parse("SO-", o.Number)
	if !ok || !checks || number != o.Number || o.State != supplies.Placed || o.Version != 1 || o.SerialNumber != w.device.SerialNumber ||
		o.FriendlyName != "Resepsjonen" || o.ContractNumber == "" || o.Address.Line2 != "v/ Sentralbord 2" || o.Address.Line1 != "Eksempelgata 1" ||
		len(o.Lines) != 2 || o.Lines[0].SupplyID != w.cyan || o.Lines[1].Quantity != 10 || o.Contact.Name != "Kunde Eksempel" || a.Similar != nil {
		t.Errorf("%+v", a)
	}
	read, err := w.s.Get(t.Context(), w.Customer, strings.ToLower(" so "+o.Number[3:]))
	if err != nil || read.Order.ID != o.ID || len(read.Order.Lines) != 2 || read.Order.Address != o.Address || read.Order.Contact != o.Contact || read.Country != "NO" {
		t.Errorf("%+v %v", read, err)
	}
	// The edit is the device's delivery address from now on, with the rest of the address as it was.
	if next := w.place(t); next.Address != o.Address {
		t.Errorf("the next order goes to %+v", next.Address)
	}
	// An empty line is a line too.
	empty := ""
	wish := w.wish()
	wish.Edit.Line3 = &empty
	if a, err = w.s.Place(t.Context(), w.Customer, uuid.New(), wish); err != nil || a.Order.Address.Line3 != "" || a.Order.Address.Line2 != "v/ Sentralbord 2" {
		t.Errorf("%+v %v", a.Order.Address, err)
	}
	// What moves the site does not move the deliveries (S22): they have an address of their own by now.
	w.exec(t, `UPDATE sites SET line1 = 'Et annet sted 9' WHERE id = ?`, w.Site)
	if next := w.place(t); next.Address.Line1 != "Eksempelgata 1" {
		t.Errorf("the move of the site moved the delivery to %+v", next.Address)
	}
	if n := w.count(t, `SELECT count(*) FROM audit_trail WHERE action = 'order.placed'`); n != 4 {
		t.Errorf("%d audit lines of 4 orders", n)
	}
	if n := w.count(t, `SELECT count(*) FROM audit_trail WHERE action = 'device.delivery_address'`); n != 2 {
		t.Errorf("%d audit lines of 2 edits", n)
	}
	mails := w.messages.of(notify.OrderPlaced)
	if len(mails) != 4 || mails[0].To.Person != w.Customer.PersonID || mails[0].URL != "/orders/"+o.Number ||
		!slices.ContainsFunc(mails[0].Lines, func(l notify.Line) bool {
			return l.Label == o.Lines[0].SupplyNumber && l.Value == "2 × "+o.Lines[0].NameNB
		}) ||
		!slices.ContainsFunc(mails[0].Lines, func(l notify.Line) bool {
			return l.Key == "delivery_address" && l.Value == "Eksempel AS, Eksempelgata 1, v/ Sentralbord 2, Port B, 0155 Oslo, NO"
		}) {
		t.Errorf("%+v", mails)
	}
}

func TestNoEditKeepsNoAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	same := ""
	wish := w.wish()
	wish.Edit.Line2 = &same
	if _, err := w.s.Place(t.Context(), w.Customer, uuid.New(), wish); err != nil {
		t.Fatal(err)
	}
	if n := w.count(t, `SELECT count(*) FROM delivery_addresses`); n != 0 {
		t.Errorf("%d delivery addresses without an edit", n)
	}
}

func TestPlaceRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for what, c := range map[string]struct {
		lines  []supplies.Want
		reason string
		field  string
	}{
		"nothing":      {nil, "lines_missing", "lines"},
		"too many":     {slices.Repeat([]supplies.Want{{w.black, 1}}, supplies.MaxLines+1), "lines_missing", "lines"},
		"unknown":      {[]supplies.Want{{w.black, 1}, {uuid.New(), 1}}, "supply_unknown", "lines[1].supply_id"},
		"unfit":        {[]supplies.Want{{w.foreign, 1}}, "supply_unfit", "lines[0].supply_id"},
		"retired":      {[]supplies.Want{{w.retired, 1}}, "supply_retired", "lines[0].supply_id"},
		"not included": {[]supplies.Want{{w.drum, 1}}, "supply_not_included", "lines[0].supply_id"},
		"twice":        {[]supplies.Want{{w.black, 1}, {w.black, 1}}, "supply_twice", "lines[1].supply_id"},
		"none":         {[]supplies.Want{{w.black, 0}}, "quantity_invalid", "lines[0].quantity"},
		"less":         {[]supplies.Want{{w.black, -1}}, "quantity_invalid", "lines[0].quantity"},
		"too much":     {[]supplies.Want{{w.black, supplies.MaxQuantity + 1}}, "quantity_invalid", "lines[0].quantity"},
	} {
		_, err := w.s.Place(t.Context(), w.Customer, uuid.New(), supplies.Wish{DeviceID: w.device.ID, Lines: c.lines})
		wantReason(t, what, err, fault.Invalid, c.reason)
		if f := fault.From(err); f.Field != c.field {
			t.Errorf("%s: the field is %q, want %q", what, f.Field, c.field)
		}
	}
	_, err := w.s.Place(t.Context(), w.Customer, uuid.Nil, w.wish())
	wantReason(t, "no operation id", err, fault.Invalid, "operation_id_missing")
	_, err = w.s.Place(t.Context(), w.Dispatcher, uuid.New(), w.wish())
	wantReason(t, "staff as a customer", err, fault.Forbidden, "customers_only")
	_, err = w.s.PlaceFor(t.Context(), w.Customer, uuid.New(), supplies.Wish{SerialNumber: w.device.SerialNumber, Lines: w.wish().Lines})
	wantReason(t, "a customer as staff", err, fault.Forbidden, "role_forbidden")
	w.exec(t, `UPDATE contracts SET ends_on = '2021-01-01' WHERE id = ?`, w.contract)
	_, err = w.s.Place(t.Context(), w.Customer, uuid.New(), w.wish())
	wantReason(t, "no contract", err, fault.WrongState, "contract_none")
	if f := fault.From(err); f.Params["shop_url"] != "https://shop.example.com" {
		t.Errorf("%+v", f)
	}
	if n := w.count(t, `SELECT count(*) FROM supply_orders`) + w.count(t, `SELECT count(*) FROM audit_trail`) + len(w.messages.all()); n != 0 {
		t.Errorf("what was refused left %d traces", n)
	}
}

// A contract is in force by the day where the device stands.
func TestContractByTheDayOfThePlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	// Half past midnight in Oslo, still the day before in UTC.
	now := w.Clock.Now().In(oslo)
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 30, 0, 0, oslo)
	w.exec(t, `UPDATE contracts SET ends_on = ? WHERE id = ?`, now.Format(time.DateOnly), w.contract)
	if _, err := w.s.Place(t.Context(), w.Customer, uuid.New(), w.wish()); err != nil {
		t.Errorf("on the last day: %v", err)
	}
	w.Clock.Forward(midnight.Sub(w.Clock.Now()))
	_, err = w.s.Place(t.Context(), w.Customer, uuid.New(), w.wish())
	wantReason(t, "the day after the last", err, fault.WrongState, "contract_none")
}

func TestStaffOrderOnBehalf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.follow(t, w.colleague, w.device.ID)
	a, err := w.s.PlaceFor(t.Context(), w.Dispatcher, uuid.New(), supplies.Wish{
		SerialNumber: " " + strings.ToLower(w.device.SerialNumber), Lines: []supplies.Want{{w.black, supplies.MaxQuantityStaff}},
		Contact: supplies.Contact{Name: "Vakt  Eksempel", Phone: "+47 000 00 001"},
	})
	if err != nil || !a.Order.OnBehalf || a.Order.OrderedByName != "Disponent Eksempel" || a.Order.AccountName != "Eksempel AS" || a.Order.Contact.Name != "Vakt Eksempel" {
		t.Fatalf("%+v %v", a, err)
	}
	// Everybody who follows the device is told, each in their language.
	mails := w.messages.of(notify.OrderPlaced)
	var to []uuid.UUID
	for _, m := range mails {
		to = append(to, m.To.Person)
		name := a.Order.Lines[0].Name("nb")
		if m.To.Person == w.colleague.PersonID {
			name = a.Order.Lines[0].Name("en")
		}
		if !slices.ContainsFunc(m.Lines, func(l notify.Line) bool { return l.Value == "100 × "+name }) {
			t.Errorf("%+v", m.Lines)
		}
	}
	if len(to) != 2 || !slices.Contains(to, w.Customer.PersonID) || !slices.Contains(to, w.colleague.PersonID) {
		t.Errorf("told %v", to)
	}
	// The customers see it.
	if _, err := w.s.Get(t.Context(), w.colleague, a.Order.Number); err != nil {
		t.Error(err)
	}
	_, err = w.s.PlaceFor(t.Context(), w.Dispatcher, uuid.New(), supplies.Wish{SerialNumber: "NONE", Lines: w.wish().Lines})
	wantReason(t, "no such device", err, fault.NotFound, "device_not_found")
}

// The same operation again, at once and later, also on another server, is the same order.
func TestSameOperationIsTheSameOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operation, servers := uuid.New(), []*supplies.Service{w.s, w.service(t)}
	numbers := make([]string, 12)
	var group sync.WaitGroup
	for i := range numbers {
		group.Go(func() {
			a, err := servers[i%2].Place(t.Context(), w.Customer, operation, w.wish())
			if err != nil {
				t.Error(err)
			}
			numbers[i] = a.Order.Number
		})
	}
	group.Wait()
	if slices.Sort(numbers); len(slices.Compact(numbers)) != 1 || w.count(t, `SELECT count(*) FROM supply_orders`) != 1 || len(w.messages.all()) != 1 {
		t.Errorf("one operation made %v", numbers)
	}
	other := w.wish()
	other.Lines[0].Quantity = 2
	_, err := w.s.Place(t.Context(), w.Customer, operation, other)
	wantReason(t, "the id for another wish", err, fault.Invalid, "operation_id_reused")
}

// Two people at once both get an order, and the later one is told of the earlier; whoever looks later sees both.
func TestTwoPeopleAtOnceAreToldOfEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.follow(t, w.colleague, w.device.ID)
	people, servers := []identity.Actor{w.Customer, w.colleague}, []*supplies.Service{w.s, w.service(t)}
	answers := make([]supplies.Answer, 2)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			var err error
			if answers[i], err = servers[i].Place(t.Context(), people[i], uuid.New(), w.wish()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(answers[0].Similar)+len(answers[1].Similar) != 1 || answers[0].Order.Number == answers[1].Order.Number {
		t.Fatalf("%+v and %+v", answers[0], answers[1])
	}
	for i := range answers {
		read, err := w.s.Get(t.Context(), people[1-i], answers[i].Order.Number)
		if err != nil || len(read.Similar) != 1 || read.Similar[0].OrderID != answers[1-i].Order.ID {
			t.Errorf("%+v %v", read, err)
		}
	}
}
