// Package rpc serves PhotoService. Handlers only translate: proto in, one call of package photos, proto out.
package rpc
