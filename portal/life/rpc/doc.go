// Package rpc serves DeviceLifeService, for customers, and DeviceLifeDeskService, for staff. Handlers only translate: proto in,
// one call of package life, proto out.
package rpc
