package postgres

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// IsAway reports whether err is of a database that cannot work just now, whatever it was asked: it is being stopped or started, its
// connection broke, it has no connection or no room left. The same may succeed later; whether what was sent last took effect is not
// known, as after any connection that breaks.
func IsAway(err error) bool {
	var connecting *pgconn.ConnectError
	if errors.As(err, &connecting) {
		return true // whatever it says for a reason
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// Connection exceptions, insufficient resources (disk full, out of memory, too many connections), operator intervention (stopping,
		// starting, crashed) but for a statement that was cancelled, and failures of the disk.
		return len(pg.Code) == 5 && (strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "58") ||
			strings.HasPrefix(pg.Code, "57P"))
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err)
}
