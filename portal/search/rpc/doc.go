// Package rpc serves SearchService. Handlers only translate: proto in, one call of package search, proto out.
package rpc
