// Package rpc serves help to customers and the articles to staff. Handlers only translate: proto in, one call of package
// knowledge or support, proto out.
package rpc
