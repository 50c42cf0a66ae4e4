// Package rpc serves the dispatcher's and the technician's API.
//
// Handlers only translate: proto in, one call of package dispatch, proto out. Who is calling comes from the context,
// where the interceptors of internal/rpc put it; the domain decides what the caller may do. Access lists which roles
// may call each procedure at all.
package rpc
