package identity

import (
	"context"
	"slices"

	"github.com/google/uuid"
)

// Actor is whoever something is done for: a signed-in person, or the server itself. The zero Actor has no
// role and may do nothing.
type Actor struct {
	// PersonID is uuid.Nil for the server itself.
	PersonID uuid.UUID
	Role     Role
	// AccountID is set for customers, TechnicianID for technicians, SessionID for whoever came with a
	// session; otherwise they are uuid.Nil.
	AccountID, TechnicianID, SessionID uuid.UUID
	FirstName, LastName                string
	// Language is "nb" or "en".
	Language string
	// Address is the network address of the caller; empty for the server's own work.
	Address string
	// MustChangePassword holds the person back from everything else until they chose a new password.
	MustChangePassword bool
}

// System is the server itself, for jobs, imports and the command line.
func System() Actor { return Actor{Role: RoleSystem, FirstName: "Utsendt", Language: "en"} }

// Is reports whether the actor has one of the roles.
func (a Actor) Is(roles ...Role) bool { return slices.Contains(roles, a.Role) }

// Name is first and last name as people write them.
func (a Actor) Name() string { return fullName(a.FirstName, a.LastName) }

// AuditIdentity makes an Actor an audit.Actor.
func (a Actor) AuditIdentity() (personID uuid.UUID, role, address string) {
	return a.PersonID, string(a.Role), a.Address
}

type actorKey struct{}

// WithActor gives a context that carries the actor.
func WithActor(ctx context.Context, actor Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorFrom gives the actor of the context; false when nobody is signed in.
func ActorFrom(ctx context.Context) (Actor, bool) {
	actor, ok := ctx.Value(actorKey{}).(Actor)
	return actor, ok
}

// Caller gives the actor of the context, and the zero Actor, who may do nothing, when nobody is signed in.
func Caller(ctx context.Context) Actor {
	actor, _ := ActorFrom(ctx)
	return actor
}
