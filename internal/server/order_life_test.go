package server_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestOrderFromTheCatalogueToTheDoor: a customer orders, staff pick, ship and deliver, and the mails lie in the folder.
func TestOrderFromTheCatalogueToTheDoor(t *testing.T) {
	t.Parallel()
	box, ctx := t.TempDir(), t.Context()
	s := servertest.Start(t, servertest.Options{Demo: true, Change: func(cfg *server.Config) {
		cfg.Mail.Folder, cfg.Links.Shop = box, "https://shop.example.com"
		cfg.Carriers = []string{"Eksempelpost=https://track.example.com/{number}?lang=nb"}
	}})
	customer, staff := s.Browser(t, "kunde01"), s.Browser(t, "sentral1").Orders
	device := devicesOf(t, customer)[0]
	stockToner(t, s, device.Id)
	var address string
	if err := s.DB.NewRaw(`SELECT email FROM people WHERE user_id = 'kunde01'`).Scan(ctx, &address); err != nil {
		t.Fatal(err)
	}

	list, err := customer.Supplies.ListSupplies(ctx, &portalv1.ListSuppliesRequest{DeviceId: device.Id})
	if err != nil || list.ContractNumber != "TEST-TONER" || list.ShopUrl != "https://shop.example.com" || list.Reason != "" || list.Support.Phone == "" {
		t.Fatalf("%v %v", list, err)
	}
	var toner *portalv1.Supply
	for _, supply := range list.Supplies {
		if supply.Id == tonerID {
			toner = supply
		}
	}
	if toner.GetName() != "Svart prøvetoner" || toner.GetYieldPages() != 10_000 || toner.GetColour() != portalv1.SupplyColour_SUPPLY_COLOUR_BLACK {
		t.Fatalf("%v", list.Supplies)
	}
	// A page in English shows English names, whatever language the person's mail is in.
	english, call := connect.NewClientContext(ctx)
	call.RequestHeader().Set("Accept-Language", "en")
	inEnglish, err := customer.Supplies.ListSupplies(english, &portalv1.ListSuppliesRequest{DeviceId: device.Id})
	if err != nil || !slices.ContainsFunc(inEnglish.Supplies, func(one *portalv1.Supply) bool { return one.Id == tonerID && one.Name != toner.GetName() }) {
		t.Errorf("in English: %v %v", inEnglish, err)
	}

	line2 := "v/ resepsjonen"
	placed, err := customer.Supplies.PlaceOrder(ctx, &portalv1.PlaceOrderRequest{
		OperationId: uuid.NewString(), DeviceId: device.Id, Lines: orderLines(2), Line2: &line2,
	})
	if err != nil || !strings.HasPrefix(placed.Order.Number, "SO-") || placed.Order.DeliveryAddress.Line2 != line2 || placed.Support.Phone == "" {
		t.Fatalf("%v %v", placed, err)
	}
	id, number := placed.Order.Id, placed.Order.Number
	letter := mailbox(box).letter(t, address, number+": Bestilling bekreftet")
	for _, want := range []string{number, "TEST-TONER", "2 × Svart prøvetoner", line2, device.SerialNumber, "/orders/" + number} {
		if !strings.Contains(letter, want) {
			t.Errorf("the confirmation does not say %q: %s", want, letter)
		}
	}
	again, err := customer.Supplies.PlaceOrder(ctx, &portalv1.PlaceOrderRequest{OperationId: uuid.NewString(), DeviceId: device.Id, Lines: orderLines(1)})
	if err != nil || len(again.SimilarOrders) != 1 || again.SimilarOrders[0].OrderNumber != number || again.Order.DeliveryAddress.Line2 != line2 {
		t.Errorf("ordered twice: %v %v", again, err)
	}

	waiting, err := staff.ListOrders(ctx, &backofficev1.ListOrdersRequest{Query: number})
	if err != nil || len(waiting.Orders) != 1 || strings.Join(waiting.Orders[0].AllowedSteps, " ") != "pick cancel change" || waiting.Orders[0].AccountName == "" {
		t.Fatalf("%v %v", waiting, err)
	}
	if _, err := staff.PickOrder(ctx, &backofficev1.PickOrderRequest{OperationId: uuid.NewString(), OrderId: id, ExpectedVersion: 1}); err != nil {
		t.Fatal(err)
	}
	_, err = staff.CancelOrder(ctx, &backofficev1.CancelOrderRequest{OperationId: uuid.NewString(), OrderId: id, ExpectedVersion: 2, Reason: "x"})
	if connect.CodeOf(err) != connect.CodeFailedPrecondition || faultOf(err).GetReason() != "order_wrong_state" || faultOf(err).GetParams()["allowed"] != "ship" {
		t.Errorf("cancelled once picked: %v", err)
	}
	if got, err := customer.Supplies.GetOrder(ctx, &portalv1.GetOrderRequest{Id: number}); err != nil || got.Order.TrackingUrl != "" || got.Order.PickedAt == nil || got.Order.ShippedAt != nil {
		t.Errorf("before shipping: %v %v", got, err)
	}
	if _, err := staff.ShipOrder(ctx, &backofficev1.ShipOrderRequest{
		OperationId: uuid.NewString(), OrderId: id, ExpectedVersion: 2, Carrier: "Eksempelpost", TrackingNumber: "37/00 1",
	}); err != nil {
		t.Fatal(err)
	}
	const link = "https://track.example.com/37%2F00%201?lang=nb"
	if got, err := customer.Supplies.GetOrder(ctx, &portalv1.GetOrderRequest{Id: number}); err != nil || got.Order.TrackingUrl != link || got.Order.Carrier != "Eksempelpost" {
		t.Errorf("once shipped: %v %v", got, err)
	}
	if letter := mailbox(box).letter(t, address, number+": Bestilling sendt"); !strings.Contains(letter, link) || !strings.Contains(letter, "37/00 1") {
		t.Errorf("the mail has no way to the parcel: %s", letter)
	}
	if _, err := staff.DeliverOrder(ctx, &backofficev1.DeliverOrderRequest{OperationId: uuid.NewString(), OrderId: id, ExpectedVersion: 3}); err != nil {
		t.Fatal(err)
	}
	mailbox(box).letter(t, address, number+": Bestilling levert")
	if _, err := staff.CancelOrder(ctx, &backofficev1.CancelOrderRequest{OperationId: uuid.NewString(), OrderId: again.Order.Id, Reason: "Bestilt to ganger"}); err != nil {
		t.Fatal(err)
	}
	if letter := mailbox(box).letter(t, address, again.Order.Number+": Bestilling kansellert"); !strings.Contains(letter, "Bestilt to ganger") {
		t.Errorf("the mail does not say why: %s", letter)
	}

	// In the caller's language; a typing error in the number is told as one.
	mine, err := customer.Supplies.ListOrders(ctx, &portalv1.ListOrdersRequest{DeviceId: device.Id, States: []portalv1.OrderState{portalv1.OrderState_ORDER_STATE_DELIVERED}})
	if err != nil || len(mine.Orders) != 1 || mine.Orders[0].Number != number || mine.Orders[0].DeliveredAt == nil || mine.Orders[0].Lines[0].Name != "Svart prøvetoner" {
		t.Errorf("%v %v", mine, err)
	}
	last := number[len(number)-1]
	_, err = customer.Supplies.GetOrder(ctx, &portalv1.GetOrderRequest{Id: number[:len(number)-1] + string('0'+(last-'0'+1)%10)})
	if connect.CodeOf(err) != connect.CodeInvalidArgument || faultOf(err).GetReason() != "number_mistyped" {
		t.Errorf("mistyped: %v", err)
	}
	forecasts, err := customer.Supplies.GetForecast(ctx, &portalv1.GetForecastRequest{DeviceId: device.Id})
	if err != nil || len(forecasts.Forecasts) == 0 || forecasts.Forecasts[0].SupplyId == "" {
		t.Errorf("%v %v", forecasts, err)
	}
}

// A server with a carrier whose link leads nowhere does not start.
func TestBadCarrierStopsTheStart(t *testing.T) {
	t.Parallel()
	err := server.Run(t.Context(), server.Config{
		DatabaseURL: pgtest.URL(t), Carriers: []string{"Eksempelpost=http://track.example.com/{number}"}, Mail: server.Mail{Folder: t.TempDir()},
	}, func(server.Ready) { t.Error("it serves") })
	if err == nil || !strings.Contains(err.Error(), "Eksempelpost") {
		t.Error(err)
	}
}

// TestOrdersSurviveKills kills a server again and again while customers order and staff pick, and both send again what was
// not answered: what was answered is there, once.
func TestOrdersSurviveKills(t *testing.T) {
	t.Parallel()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mortal{url: pgtest.URL(t), address: probe.Addr().String()}
	if err := probe.Close(); err != nil {
		t.Fatal(err)
	}
	m.start(t)
	defer func() { m.kill() }()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	db, err := postgres.Open(ctx, postgres.Config{URL: m.url, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // it was only read from
	s := &servertest.Server{URL: "http://" + m.address, Address: m.address, DB: db}
	customer, staff := s.Browser(t, "kunde01"), s.Browser(t, "sentral1").Orders
	device := devicesOf(t, customer)[0]
	stockToner(t, s, device.Id)

	const people, kills = 4, 4
	var (
		mu      sync.Mutex
		numbers = map[string]bool{}
		repeats atomic.Int64
		stop    atomic.Bool
		group   sync.WaitGroup
	)
	for range people {
		group.Go(func() {
			for !stop.Load() && !t.Failed() {
				placed, err := persist(ctx, &repeats, customer.Supplies.PlaceOrder, &portalv1.PlaceOrderRequest{
					OperationId: uuid.NewString(), DeviceId: device.Id, Lines: orderLines(1),
				})
				if err != nil {
					t.Errorf("ordering: %v", err)
					return
				}
				if _, err := persist(ctx, &repeats, staff.PickOrder, &backofficev1.PickOrderRequest{
					OperationId: uuid.NewString(), OrderId: placed.Order.Id, ExpectedVersion: 1,
				}); err != nil {
					t.Errorf("picking: %v", err)
					return
				}
				mu.Lock()
				if numbers[placed.Order.Number] {
					t.Errorf("%s was given twice", placed.Order.Number)
				}
				numbers[placed.Order.Number] = true
				mu.Unlock()
			}
		})
	}
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(numbers) }
	for range kills {
		want := count() + 7
		eventually(t, "work goes on", func() bool { return count() >= want || t.Failed() })
		m.kill()
		m.start(t)
	}
	stop.Store(true)
	group.Wait()
	var orders, picked, lines, audited, operations int
	// The demo has orders of its own, under other contracts.
	if err := db.NewRaw(`WITH mine AS (SELECT * FROM supply_orders WHERE contract_number = 'TEST-TONER')
		SELECT count(*), count(*) FILTER (WHERE state = 'picked' AND version = 2),
		(SELECT count(*) FROM supply_order_lines WHERE order_id IN (SELECT id FROM mine)),
		(SELECT count(*) FROM audit_trail WHERE object_id IN (SELECT id FROM mine)),
		(SELECT count(*) FROM operations WHERE kind LIKE 'supplies.%') FROM mine`).Scan(ctx, &orders, &picked, &lines, &audited, &operations); err != nil {
		t.Fatal(err)
	}
	if orders != len(numbers) || picked != orders || lines != orders || audited != 2*orders || operations != 2*orders {
		t.Errorf("%d orders were answered; %d are stored, %d picked, with %d lines, %d audit lines, %d answers", len(numbers), orders, picked, lines, audited, operations)
	}
	t.Logf("%d kills, %d orders, %d sent again", kills, orders, repeats.Load())
	if repeats.Load() == 0 {
		t.Error("no call was hit by a kill")
	}
}
