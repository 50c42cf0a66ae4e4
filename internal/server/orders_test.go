package server_test

import (
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// tonerID is a toner that fits every model of a world's fleet.
const tonerID = "5eed0000-0000-4000-8000-00000000704e"

// stockToner puts the toner in the catalogue, and every device of the account under a contract that includes it.
func stockToner(t *testing.T, s *servertest.Server, deviceID string) {
	t.Helper()
	for _, q := range []string{
		`INSERT INTO supplies (id, number, name_nb, name_en, kind, colour, yield)
			VALUES ('` + tonerID + `', 'TEST-TONER', 'Svart prøvetoner', 'Black test toner', 'toner', 'black', 10000)`,
		`INSERT INTO supply_models SELECT '` + tonerID + `', id FROM models`,
		`INSERT INTO contracts (id, account_id, number, starts_on, created_at, updated_at)
			SELECT gen_random_uuid(), account_id, 'TEST-TONER', '2020-01-01', now(), now() FROM devices WHERE id = '` + deviceID + `'`,
		`UPDATE devices SET contract_id = c.id FROM contracts AS c WHERE c.number = 'TEST-TONER' AND devices.account_id = c.account_id`,
	} {
		if _, err := s.DB.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

func orderLines(quantity int32) []*portalv1.OrderLineRequest {
	return []*portalv1.OrderLineRequest{{SupplyId: tonerID, Quantity: quantity}}
}

func (w *world) placeOrder(t *testing.T) *portalv1.Order {
	t.Helper()
	res, err := w.customer.Supplies.PlaceOrder(t.Context(), &portalv1.PlaceOrderRequest{
		OperationId: uuid.NewString(), DeviceId: w.devices[0].Id, Lines: orderLines(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	return res.Order
}

// placeAndPick makes w.order, whose version is 2.
func (w *world) placeAndPick(t *testing.T) {
	t.Helper()
	stockToner(t, w.Server, w.devices[0].Id)
	res, err := w.dispatcher.Orders.PickOrder(t.Context(), &backofficev1.PickOrderRequest{
		OperationId: uuid.NewString(), OrderId: w.placeOrder(t).Id, ExpectedVersion: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.order = res.Order.Order
}

// supplyExamples are the messages of SupplyService and OrderService, for valid.
func (w *world) supplyExamples() []proto.Message {
	op, order, device, line := uuid.NewString(), w.order.Id, w.devices[1].Id, "x"
	contact := &portalv1.OrderContact{Name: "Ola Eksempel", Phone: "+47 000 00 000", Email: "ola@example.com"}
	states := []portalv1.OrderState{portalv1.OrderState_ORDER_STATE_PLACED}
	return []proto.Message{
		&portalv1.ListSuppliesRequest{DeviceId: device},
		&portalv1.PlaceOrderRequest{OperationId: op, DeviceId: device, Lines: orderLines(1), Line2: &line, Line3: &line, Contact: contact},
		&portalv1.ListOrdersRequest{DeviceId: device, States: states},
		&portalv1.GetOrderRequest{Id: order},
		&portalv1.GetForecastRequest{DeviceId: device}, &portalv1.ListForecastsRequest{},
		&portalv1.ListDeviceLifeRequest{DeviceId: device, Topics: []portalv1.LifeTopic{portalv1.LifeTopic_LIFE_TOPIC_ORDERS}},
		&portalv1.GetDevicePlansRequest{DeviceId: device},
		&backofficev1.ListDeviceLifeRequest{DeviceId: device, Topics: []portalv1.LifeTopic{portalv1.LifeTopic_LIFE_TOPIC_ORDERS}},
		&backofficev1.GetDevicePlansRequest{DeviceId: device},

		&backofficev1.ListOrdersRequest{States: states, Query: "x"},
		&backofficev1.GetOrderRequest{Id: order},
		&backofficev1.ListOrderableRequest{SerialNumber: w.devices[1].SerialNumber},
		&backofficev1.PlaceOrderRequest{
			OperationId: op, SerialNumber: w.devices[1].SerialNumber, Lines: orderLines(1), Line2: &line, Line3: &line, Contact: contact,
		},
		&backofficev1.PickOrderRequest{OperationId: op, OrderId: order},
		&backofficev1.ShipOrderRequest{OperationId: op, OrderId: order, Carrier: "x", TrackingNumber: "x"},
		&backofficev1.CorrectTrackingRequest{OperationId: op, OrderId: order, Carrier: "x", TrackingNumber: "x"},
		&backofficev1.DeliverOrderRequest{OperationId: op, OrderId: order},
		&backofficev1.CancelOrderRequest{OperationId: op, OrderId: order, Reason: "x"},
		&backofficev1.ChangeOrderRequest{OperationId: op, OrderId: order, Lines: orderLines(2), Line2: &line, Line3: &line},
		&backofficev1.ListCarriersRequest{},
	}
}

// repeatOrders takes every step of an order again and again.
func (w *world) repeatOrders(t *testing.T, r *repeater) {
	t.Helper()
	id, customer, staff := uuid.NewString, w.customer.Supplies, w.dispatcher.Orders
	order := again(t, r, simple(t, customer.PlaceOrder), &portalv1.PlaceOrderRequest{
		OperationId: id(), DeviceId: w.devices[0].Id, Lines: orderLines(3),
	}).Order.Id
	line := "v/ porten"
	again(t, r, simple(t, staff.ChangeOrder), &backofficev1.ChangeOrderRequest{
		OperationId: id(), OrderId: order, ExpectedVersion: 1, Lines: orderLines(4), Line2: &line,
	})
	again(t, r, simple(t, staff.PickOrder), &backofficev1.PickOrderRequest{OperationId: id(), OrderId: order, ExpectedVersion: 2})
	again(t, r, simple(t, staff.ShipOrder), &backofficev1.ShipOrderRequest{OperationId: id(), OrderId: order, ExpectedVersion: 3, Carrier: "x", TrackingNumber: "1"})
	again(t, r, simple(t, staff.CorrectTracking), &backofficev1.CorrectTrackingRequest{OperationId: id(), OrderId: order, ExpectedVersion: 4, Carrier: "y"})
	delivered := again(t, r, simple(t, staff.DeliverOrder), &backofficev1.DeliverOrderRequest{OperationId: id(), OrderId: order, ExpectedVersion: 5}).Order
	if delivered.Order.Version != 6 || delivered.Order.Lines[0].Quantity != 4 || delivered.Order.Carrier != "y" {
		t.Errorf("five changes made %v", delivered)
	}
	placed := again(t, r, simple(t, staff.PlaceOrder), &backofficev1.PlaceOrderRequest{
		OperationId: id(), SerialNumber: w.devices[0].SerialNumber, Lines: orderLines(1),
	}).Order.Order.Id
	again(t, r, simple(t, staff.CancelOrder), &backofficev1.CancelOrderRequest{OperationId: id(), OrderId: placed, Reason: "x"})
}
