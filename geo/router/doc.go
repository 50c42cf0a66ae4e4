// Package router asks a road router for travel times, over HTTP: OSRM's table service or Valhalla's
// sources_to_targets. A [Router] is a [geo.TravelTimes].
//
// A router that is configured but fails must not stop the work, so every journey that it does not answer
// is answered by the estimate of package geo instead. Such an answer says so: its Source is
// [geo.SourceEstimate] and its Fallback names the reason, one of the constants of this package.
//
// A router that does not answer at all is left alone for a few seconds (Config.Pause), after which one
// request tries it again while the others go on with the estimate. [Router.Down] tells the operator.
//
//	r, err := router.New(router.Config{URL: "http://127.0.0.1:5000", Engine: router.OSRM})
//	table, err := r.Table(ctx, technicians, site)
package router
