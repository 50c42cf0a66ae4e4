// Package rpc serves TrackingService. Handlers only translate: proto in, one call of package tracking, proto out. What of a
// request somebody with a link may know is picked in tracked.go, and nowhere else.
package rpc
