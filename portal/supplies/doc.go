// Package supplies is toner and other supplies within the contract: what fits a device, ordering it, and following the
// order until it is delivered.
//
//	s := supplies.New(supplies.Config{DB: db, Notifier: notifier, Carriers: carriers, ShopURL: "https://shop.example.com"})
//	catalogue, err := s.Catalogue(ctx, customer, deviceID)
//	placed, err := s.Place(ctx, customer, operationID, supplies.Wish{DeviceID: deviceID, Lines: lines})
//	order, err := s.Pick(ctx, dispatcher, supplies.Step{Operation: id, Order: placed.Order.ID, Version: 1})
//	runsOut, err := s.Forecast(ctx, customer, deviceID)
//
// Guarantees:
//
//   - A customer sees and orders for the devices that they follow alone, and sees the orders of their own company alone;
//     everything else is fault.NotFound, like what does not exist.
//   - Only what fits the device's model and what its contract in force includes is ordered.
//   - An order keeps a copy of device, address and names of supplies: it stays true when those change.
//   - An operation takes effect once, however often it is sent. Who changes an order that somebody else changed meanwhile
//     is told so (fault.Stale). The steps are those of [Transitions]; a trigger refuses all others.
//   - Orders for one device are placed one after the other, so of two at the same moment the later one is told of the
//     earlier. Nobody is held back: both orders stand.
//   - Carrier and tracking number exist from shipping on.
//   - Every change is in the audit trail, and the customer is told of it, in the change's own transaction.
//
// Where to start: order.go (what an order is), machine.go (its steps), place.go, change.go. Package forecast below tells
// when a toner runs out; forecast.go here feeds it from the database.
package supplies
