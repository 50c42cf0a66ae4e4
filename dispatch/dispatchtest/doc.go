// Package dispatchtest makes small worlds of service requests for tests, and says whether a database is still sound.
//
//	w := dispatchtest.New(t)
//	tech := w.Technician(t, dispatchtest.At(orb.Point{10.75, 59.91}))
//	r := w.Open(t)
//	r, err := w.Service.Assign(ctx, w.Dispatcher, dispatchtest.Op(), dispatch.Assignment{Request: r.ID, Technician: tech.ID})
//	…
//	dispatchtest.CheckInvariants(t, w.DB)
//
// A World has a database of its own, a clock that stands until it is turned, a bus within the process, and a
// notifier that only records. All names in it are plainly made up.
package dispatchtest
