package server_test

import (
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestOnBehalfOfTheRightCompany: the office says whom it acts for, and what belongs to another company by now is refused,
// whatever it is, and left as it was.
func TestOnBehalfOfTheRightCompany(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := servertest.Start(t, servertest.Options{Demo: true})
	staff, customer := s.Browser(t, "sentral1"), s.Browser(t, "kunde01")
	mine, err := customer.Portal.ListDevices(ctx, &portalv1.ListDevicesRequest{})
	if err != nil || len(mine.Devices) == 0 {
		t.Fatal(mine, err)
	}
	got, err := staff.Fleet.GetDevice(ctx, &backofficev1.GetDeviceRequest{Id: mine.Devices[0].Id})
	if err != nil {
		t.Fatal(err)
	}
	device, serial := got.Device, got.Device.Fields.SerialNumber
	accounts, err := staff.Fleet.ListAccounts(ctx, &backofficev1.ListAccountsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var another string
	for _, a := range accounts.Accounts {
		if a.Id != device.AccountId {
			another = a.Id
		}
	}
	offer, err := staff.Orders.ListOrderable(ctx, &backofficev1.ListOrderableRequest{SerialNumber: serial})
	if err != nil || len(offer.Supplies) == 0 {
		t.Fatal(offer, err)
	}
	meters, err := customer.Readings.ListMeters(ctx, &portalv1.ListMetersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var counters []*portalv1.CounterValue
	for _, m := range meters.Meters {
		if m.DeviceId == device.Id {
			for _, c := range m.Counters {
				counters = append(counters, &portalv1.CounterValue{Counter: c, Value: 1})
			}
		}
	}
	order := func(account string) error {
		_, err := staff.Orders.PlaceOrder(ctx, &backofficev1.PlaceOrderRequest{
			OperationId: uuid.NewString(), SerialNumber: serial, AccountId: account,
			Lines: []*portalv1.OrderLineRequest{{SupplyId: offer.Supplies[0].Id, Quantity: 1}},
		})
		return err
	}
	read := func(account string) error {
		_, err := staff.ReadingDesk.EnterReadings(ctx, &backofficev1.EnterReadingsRequest{
			OperationId: uuid.NewString(), AccountId: account, Entries: []*portalv1.ReadingEntry{{DeviceId: device.Id, Counters: counters}},
		})
		return err
	}
	open := func(account string) error {
		_, err := staff.Dispatch.OpenRequest(ctx, &dispatchv1.OpenRequestRequest{
			OperationId: uuid.NewString(), SerialNumber: serial, AccountId: account, Category: dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM, Description: "x",
		})
		return err
	}
	written := func() (n int) {
		t.Helper()
		if err := s.DB.NewRaw(`SELECT (SELECT count(*) FROM supply_orders WHERE device_id = ?0) + (SELECT count(*) FROM meter_readings WHERE device_id = ?0)
			+ (SELECT count(*) FROM service_requests WHERE device_id = ?0)`, device.Id).Scan(ctx, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := written()
	for what, act := range map[string]func(string) error{"an order": order, "a reading": read, "a request": open} {
		err := act(another)
		if told := faultIn(t, err); connect.CodeOf(err) != connect.CodeFailedPrecondition || told == nil || told.Reason != "of_another_company" {
			t.Errorf("%s for another company: %v", what, err)
		}
	}
	if n := written(); n != before {
		t.Errorf("%d rows were written for another company", n-before)
	}
	if err := order(device.AccountId); err != nil {
		t.Errorf("for the right one: %v", err)
	}
}
