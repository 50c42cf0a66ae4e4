// Package rpc serves meter readings to customers and staff. Handlers only translate: proto in, one call of package readings
// or of those below it, proto out.
package rpc
