// Package registration decides which devices a customer follows. A registration is one person's for one device; a customer
// sees what they follow and nothing else (portal.FollowedBy).
//
//	service := registration.New(db, notifier)
//	made, err := service.Register(ctx, actor, operation, registration.Wish{SerialNumber: "G5-1042", PostalCode: "0150"})
//	list, err := service.Siblings(ctx, actor, made.Registration.DeviceID, registration.Page{})
//	asked, err := service.RegisterSiblings(ctx, actor, operation, made.Registration.DeviceID, choices)
//	results, err := service.Approve(ctx, staff, operation, ids)
//
// The states:
//
//	        Register (serial number and postal code)
//	none ───────────────────────────────────────────▶ active ◀─┐
//	  │ RegisterSiblings                               │  ▲    │ Register again: history and settings are back
//	  └────────────────────▶ pending ── Approve ───────┼──┘    │
//	                            └────── Refuse ──▶ refused     │
//	                                                   ▼       │
//	                       Deregister ────────────▶ removed ───┘
//
// Guarantees:
//
//   - There is one registration for a person and a device, whatever happens at once: changes of one person's registrations
//     wait for each other, and a registration is decided once.
//   - Whom staff refused comes back through staff alone, also after removing it.
//   - Who guesses serial numbers is told nothing but that they do not fit, and must wait longer with each guess.
//   - Contract, billing, readings, orders and requests are never touched.
//
// Where to start: register.go, siblings.go, decide.go (staff), many.go (staff registering from a file).
package registration
