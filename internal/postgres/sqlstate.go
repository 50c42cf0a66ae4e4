package postgres

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATE codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	codeForeignKey           = "23503"
	codeUnique               = "23505"
	codeCheck                = "23514"
	codeExclusion            = "23P01"
	codeSerializationFailure = "40001"
	codeDeadlock             = "40P01"
)

// IsUnique reports whether err is a violation of the unique constraint or index named; an empty name
// means any.
func IsUnique(err error, constraint string) bool { return violates(err, codeUnique, constraint) }

// IsExclusion reports whether err is a violation of the exclusion constraint named; "" means any.
func IsExclusion(err error, constraint string) bool { return violates(err, codeExclusion, constraint) }

// IsCheck reports whether err is a violation of the check constraint named; "" means any.
func IsCheck(err error, constraint string) bool { return violates(err, codeCheck, constraint) }

// IsForeignKey reports whether err is a violation of the foreign key named; "" means any.
func IsForeignKey(err error, constraint string) bool {
	return violates(err, codeForeignKey, constraint)
}

// IsRetryable reports whether err is a serialization failure or a deadlock: the transaction was rolled
// back through no fault of its own and may succeed when run again. InTx does so by itself.
func IsRetryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == codeSerializationFailure || pg.Code == codeDeadlock)
}

func violates(err error, code, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == code && (constraint == "" || pg.ConstraintName == constraint)
}
