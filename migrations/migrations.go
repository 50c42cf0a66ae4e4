package migrations

import "embed"

// FS holds every *.sql file of this folder: the migrations and schema.sql.
//
//go:embed *.sql
var FS embed.FS
