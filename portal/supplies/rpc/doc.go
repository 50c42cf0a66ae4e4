// Package rpc serves supplies to customers (SupplyService) and their orders to staff (OrderService). Handlers only
// translate: proto in, one call of package supplies, proto out.
package rpc
