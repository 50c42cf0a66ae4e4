package identity

// Role is what a person may do. Each person has exactly one.
type Role string

// The roles.
const (
	// RoleCustomer belongs to an account and sees what is the account's.
	RoleCustomer Role = "customer"
	// RoleTechnician is a technician and sees their own jobs.
	RoleTechnician Role = "technician"
	// RoleDispatcher assigns, approves and cancels.
	RoleDispatcher Role = "dispatcher"
	// RoleAdmin may do what a dispatcher may, and manages people.
	RoleAdmin Role = "admin"
	// RoleSystem is the server itself; no person has it.
	RoleSystem Role = "system"
)

// OfPerson reports whether a person may have the role.
func (r Role) OfPerson() bool {
	switch r {
	case RoleCustomer, RoleTechnician, RoleDispatcher, RoleAdmin:
		return true
	default:
		return false
	}
}
