// Package loadtest measures a whole server on this machine: status changes over the API, changes on their way to
// open streams, positions, a dispatcher's board with thousands on it. Every figure stands beside a floor measured in the same run (an empty call, a bare UPDATE,
// a bare INSERT), because machines differ and ratios travel.
//
// ServeBoard serves such a board until it is stopped, for browsers to be measured with (portal/web/e2e/measure).
//
// It brings its own server on 127.0.0.1 with the demo's fleet, speaks to it as clients do, is bounded in count, and
// leaves nothing running. Nothing here passes or fails: it reports.
package loadtest
