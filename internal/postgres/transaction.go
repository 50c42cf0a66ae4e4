package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// maxRetries is how often InTx runs its function again after a serialization failure or deadlock.
const maxRetries = 3

// Tx is one running transaction. It is a bun.IDB, so queries take it as they take the DB.
type Tx struct {
	bun.Tx
	state *txState
}

// txState is shared by the copies of one Tx.
type txState struct {
	now         time.Time
	pgx         *bridgeTx
	afterCommit []func()
}

// Now is the time of this transaction: read once from the DB's clock when the transaction began, in UTC
// and to the microsecond.
func (tx Tx) Now() time.Time { return tx.state.now }

// AfterCommit registers fn to run once the transaction is committed, after those registered before it,
// on the goroutine of InTx. It does not run when the transaction is rolled back; a retry starts with an
// empty list. fn must not block for long: the caller of InTx waits for it.
func (tx Tx) AfterCommit(fn func()) { tx.state.afterCommit = append(tx.state.afterCommit, fn) }

// PgxTx is this same transaction for libraries that speak pgx, such as River's InsertTx, and for COPY.
// Its Commit and Rollback are refused: InTx alone ends the transaction. It must be used on the goroutine
// that uses the Tx, and not after InTx's function returned.
func (tx Tx) PgxTx() pgx.Tx { return tx.state.pgx }

// Commit is refused; InTx commits when its function returns nil.
func (tx Tx) Commit() error { return errEndedByInTx }

// Rollback is refused; InTx rolls back when its function returns an error.
func (tx Tx) Rollback() error { return errEndedByInTx }

var errEndedByInTx = errors.New("postgres: the transaction is ended by InTx alone")

// TxOption changes how InTx begins a transaction.
type TxOption func(*sql.TxOptions)

// Isolation chooses another level than READ COMMITTED.
func Isolation(level sql.IsolationLevel) TxOption {
	return func(o *sql.TxOptions) { o.Isolation = level }
}

// ReadOnly makes the transaction refuse writes.
func ReadOnly() TxOption { return func(o *sql.TxOptions) { o.ReadOnly = true } }

// InTx runs fn in one transaction and commits when fn returns nil. When fn returns an error or panics,
// everything is rolled back and the error (or panic) is passed on as it is.
//
// On a serialization failure or deadlock fn runs again from the start, at most three more times while ctx
// lasts, after a short random pause; when that does not help, the answer is fault.Unavailable with reason
// "database_busy". fn must use the ctx and tx it is given.
//
// A ctx that ends before the commit rolls back. Once the commit has been sent it is waited for, so that
// the answer is never "cancelled" for a change that was made.
func InTx(ctx context.Context, db *DB, fn func(ctx context.Context, tx Tx) error, opts ...TxOption) error {
	options := &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	for _, opt := range opts {
		opt(options)
	}
	for attempt := 0; ; attempt++ {
		after, err := runTx(ctx, db, options, fn)
		if err == nil {
			for _, f := range after {
				f()
			}
			return nil
		}
		if !IsRetryable(err) {
			return err
		}
		if attempt == maxRetries {
			return fault.Wrap(err, fault.Unavailable, "database_busy",
				"Too many changes happen here at once. Please try again.", fault.RetryAfter(time.Second))
		}
		if !pause(ctx, attempt) {
			return errors.Join(ctx.Err(), err)
		}
	}
}

// pause waits 5 to 10 ms, doubled with each attempt; the randomness keeps two transactions that met from
// meeting again. It reports whether ctx still lasts.
func pause(ctx context.Context, attempt int) bool {
	base := 5 * time.Millisecond << attempt
	timer := time.NewTimer(base + rand.N(base))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// runTx is one attempt. It returns what to do after the commit.
func runTx(ctx context.Context, db *DB, options *sql.TxOptions,
	fn func(ctx context.Context, tx Tx) error,
) ([]func(), error) {
	conn, err := db.DB.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("postgres: getting a connection: %w", err)
	}
	// Its error is of no use: after a commit it must not turn success into failure.
	defer func() { _ = conn.Close() }()

	var pgxConn *pgx.Conn
	if err := conn.Raw(func(driverConn any) error {
		pgxConn = driverConn.(*stdlib.Conn).Conn()
		return nil
	}); err != nil {
		return nil, fmt.Errorf("postgres: reaching the pgx connection: %w", err)
	}

	// Without cancellation, because database/sql would otherwise roll back on a goroutine of its own
	// while the bridge may be using the same connection. Queries still get the cancellable ctx.
	bunTx, err := conn.BeginTx(context.WithoutCancel(ctx), options)
	if err != nil {
		return nil, fmt.Errorf("postgres: beginning: %w", err)
	}
	state := &txState{now: db.Now(), pgx: &bridgeTx{conn: pgxConn}}
	ended := false
	defer func() {
		state.pgx.closed = true
		if !ended { // fn failed, panicked or called runtime.Goexit
			// An error here means the connection is gone, and the transaction with it.
			_ = bunTx.Rollback()
		}
	}()

	if err := fn(ctx, Tx{Tx: bunTx, state: state}); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ended = true
	state.pgx.closed = true
	if err := bunTx.Commit(); err != nil {
		return nil, fmt.Errorf("postgres: committing: %w", err)
	}
	return state.afterCommit, nil
}
