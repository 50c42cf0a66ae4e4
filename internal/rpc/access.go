package rpc

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	"utsendt/internal/identity"
)

// Rule says who may call one procedure. The zero Rule lets nobody in.
type Rule struct {
	open, signedIn, pendingPassword bool
	roles                           []identity.Role
}

// The rules that need no roles.
var (
	// Everyone may call, signed in or not. A valid session still gives its actor.
	Everyone = Rule{open: true}
	// SignedIn lets in whoever has a session.
	SignedIn = Rule{signedIn: true}
)

// Only lets in whoever has a session and one of the roles.
func Only(roles ...identity.Role) Rule { return Rule{roles: slices.Clone(roles)} }

// BeforeNewPassword also lets in people who must choose a new password before anything else.
func (r Rule) BeforeNewPassword() Rule {
	r.pendingPassword = true
	return r
}

func (r Rule) allows(role identity.Role) bool { return r.signedIn || slices.Contains(r.roles, role) }

// Access holds the rule of every procedure ("/utsendt.identity.v1.SessionService/SignIn"). A procedure
// without one is refused always.
type Access map[string]Rule

// With gives this and other tables as one. A procedure in two of them is a mistake of ours, and panics.
func (a Access) With(others ...Access) Access {
	all := make(Access, len(a))
	for _, table := range append([]Access{a}, others...) {
		for procedure, rule := range table {
			if _, twice := all[procedure]; twice {
				panic("rpc: two access rules for " + procedure)
			}
			all[procedure] = rule
		}
	}
	return all
}

// Missing lists the procedures of the files' services that have no rule, in order; a test of the whole
// server checks that there are none.
func (a Access) Missing(files ...protoreflect.FileDescriptor) []string {
	var missing []string
	for _, procedure := range procedures(files) {
		if _, ok := a[procedure]; !ok {
			missing = append(missing, procedure)
		}
	}
	return missing
}

// Unknown lists the procedures that have a rule but belong to none of the files' services, in order.
func (a Access) Unknown(files ...protoreflect.FileDescriptor) []string {
	known := procedures(files)
	var unknown []string
	for procedure := range a {
		if !slices.Contains(known, procedure) {
			unknown = append(unknown, procedure)
		}
	}
	slices.Sort(unknown)
	return unknown
}

func procedures(files []protoreflect.FileDescriptor) []string {
	var all []string
	for _, file := range files {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				all = append(all, "/"+string(service.FullName())+"/"+string(service.Methods().Get(j).Name()))
			}
		}
	}
	slices.Sort(all)
	return all
}
