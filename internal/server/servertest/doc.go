// Package servertest runs whole servers in tests: on a database of their own, on a free port of 127.0.0.1, with the
// demo's fleet when asked, and gives clients that are signed in.
//
//	s := servertest.Start(t, servertest.Options{Demo: true})
//	customer := s.Customer(t, "kunde01")
//	res, err := customer.Portal.ListDevices(t.Context(), &portalv1.ListDevicesRequest{})
package servertest
