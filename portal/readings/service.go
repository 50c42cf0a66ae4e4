package readings

import (
	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// Service takes meter readings in and tells what was printed. It is safe for any number of goroutines and servers.
type Service struct {
	db *postgres.DB
}

// New makes a Service on a migrated database.
func New(db *postgres.DB) *Service { return &Service{db: db} }

var (
	errDeviceNotFound  = fault.NewNotFound("device_not_found", "There is no such device.")
	errReadingNotFound = fault.NewNotFound("reading_not_found", "There is no such reading.")
)
