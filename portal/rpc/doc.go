// Package rpc serves the customer's API. Handlers only translate: proto in, one call of package portal, proto out.
package rpc
