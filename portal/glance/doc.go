// Package glance puts beside each device of a customer's list what of it needs somebody: toner that runs out soon, an order
// under way, a reading that is missing. The open request stands in the list already.
//
//	lists := glance.New(db, fleet, supplies)
//	page, err := lists.ListDevices(ctx, actor, portal.DeviceQuery{Text: "bodø"})
//	page.Glances[page.Devices[0].ID].LowToner
//
// Guarantees:
//
//   - A customer sees the devices that they follow and nothing of any other: as portal.Service.ListDevices, whose errors
//     these are.
//   - The database is asked the same number of times for a page of 100 devices as for one of a single device.
//   - The list and what stands beside it are read one after the other: a device that is given up in between stays in the page,
//     with nothing beside it.
package glance
