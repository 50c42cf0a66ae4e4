// Package life tells the whole life of a device in one thread: readings, toner, orders, requests, visits, who follows it and
// where it stands, the newest first; and what is planned for it.
//
//	lives := life.New(db, supplies)
//	thread, err := lives.List(ctx, actor, life.Query{Device: id, Topics: []life.Topic{life.Visits}}, life.Page{Size: 20})
//	plans, err := lives.Plans(ctx, actor, id)
//
// Guarantees:
//
//   - A customer sees the devices that they follow, and of them what is their company's and what customers may see: no notes of
//     the office, no other customer's registration. A technician sees the device that they are sent to, staff every device.
//     Anything else is fault.NotFound.
//   - A page is one query over everything that is stored, however much there is, and one calculation of the toner forecast:
//     there is no query for each line.
//   - Pages go on by the time and id of their last line: what happens meanwhile neither repeats nor hides another line.
//   - Toner forecasts are not stored. What is told of them is what the readings and deliveries of the last three years, as
//     they are known now, would have told on their day.
//
// Where to start: entry.go (what a line is), thread.go (the query), list.go (a page).
package life
