package portal

import "utsendt/internal/postgres"

// Service answers customers about their fleet. It is safe for any number of goroutines.
type Service struct {
	db *postgres.DB
}

// New makes a Service on a migrated database.
func New(db *postgres.DB) *Service { return &Service{db: db} }
