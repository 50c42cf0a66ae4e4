// Package portal is what customers have and see: their company's account, sites, contracts and devices.
//
//	fleet := portal.New(db)
//	page, err := fleet.ListDevices(ctx, actor, portal.DeviceQuery{Text: "bergen", PageSize: 10})
//	device, err := portal.DeviceOfAccount(ctx, tx, actor.AccountID, deviceID)
//
// Guarantees:
//
//   - A customer reaches their own company's things alone; anybody else's is fault.NotFound.
//   - Lists are paged by opaque tokens (keyset): a page is as quick as the first however far down it is, and
//     rows that come or go meanwhile neither repeat nor hide others.
//   - A search takes every letter literally; % and _ have no meaning of their own.
//   - A device comes in one query with all that a service request copies from it ([DeviceDetail]), read
//     within the caller's transaction.
//
// Where to start: device.go (one device with everything around it), devicelist.go (the list), paging.go.
// Package transfer below brings the fleet in from files and out again.
package portal
