// Package rpc serves registrations of devices and changes of addresses: RegistrationService and AddressChangeService to
// customers, ApprovalService to staff. Handlers only translate: proto in, one call of the domain, proto out.
package rpc
