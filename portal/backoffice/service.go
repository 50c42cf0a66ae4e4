package backoffice

import (
	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// Config is what a Service stands on; all of it is required.
type Config struct {
	DB       *postgres.DB
	People   *identity.Service
	Dispatch *dispatch.Service
}

// Service answers staff. It is safe for any number of goroutines and servers.
type Service struct {
	db       *postgres.DB
	people   *identity.Service
	dispatch *dispatch.Service
}

// New makes a Service on a migrated database.
func New(cfg Config) *Service {
	return &Service{db: cfg.DB, people: cfg.People, dispatch: cfg.Dispatch}
}

// staff lets dispatchers and admins through.
func staff(actor identity.Actor) error {
	if actor.Is(identity.RoleDispatcher, identity.RoleAdmin) {
		return nil
	}
	return fault.NewForbidden("role_forbidden", "This is for dispatchers.")
}

// admins lets admins through.
func admins(actor identity.Actor) error {
	if actor.Is(identity.RoleAdmin) {
		return nil
	}
	return fault.NewForbidden("role_forbidden", "This is for administrators.")
}
