// Package rpc serves FleetService, TechnicianService, PeopleService, AuditService and TransferService. Handlers only
// translate: proto in, one call of package backoffice (or dispatch, for technicians), proto out.
package rpc
