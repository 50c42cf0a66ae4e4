// Package search is the quick search of the customer's home page: by the full number of a device, a service request or a supply
// order, in any usual spelling.
//
//	found, err := search.New(db).Quick(ctx, actor, search.Request, "sr 57 24")
//	found.FollowUps[0]   // the page to open; the others are offered there
//
// Guarantees:
//
//   - Only what the customer follows is found; anything else is not there.
//   - A number with a typing error is told as such by its check digit, without asking the database.
//   - Whatever is typed, it is compared whole: nothing is found by a part of its number.
package search
