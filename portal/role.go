package portal

import (
	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// CustomersOnly is Forbidden ("customers_only") for anybody but a customer of an account.
func CustomersOnly(actor identity.Actor) error {
	if actor.Is(identity.RoleCustomer) && actor.AccountID != uuid.Nil {
		return nil
	}
	return fault.NewForbidden("customers_only", "This is for customers.")
}

// StaffOnly is Forbidden ("role_forbidden") for anybody but dispatchers, admins and the server itself.
func StaffOnly(actor identity.Actor) error {
	if actor.Is(identity.RoleDispatcher, identity.RoleAdmin, identity.RoleSystem) {
		return nil
	}
	return fault.NewForbidden("role_forbidden", "This is for dispatchers and administrators.")
}
