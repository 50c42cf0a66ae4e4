package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// bridgeTx shows bun's running transaction as a pgx.Tx. Both speak over the same connection, so what is
// written through either is committed or rolled back together. Ending it is left to InTx.
type bridgeTx struct {
	conn       *pgx.Conn
	savepoints int
	closed     bool
}

var _ pgx.Tx = (*bridgeTx)(nil)

// Begin makes a savepoint; its Commit and Rollback work.
func (b *bridgeTx) Begin(ctx context.Context) (pgx.Tx, error) {
	b.savepoints++
	name := fmt.Sprintf("bridge_%d", b.savepoints)
	if _, err := b.Exec(ctx, "SAVEPOINT "+name); err != nil {
		return nil, err
	}
	return &savepointTx{bridgeTx: b, name: name}, nil
}

func (b *bridgeTx) Commit(context.Context) error   { return errEndedByInTx }
func (b *bridgeTx) Rollback(context.Context) error { return errEndedByInTx }

func (b *bridgeTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	if b.closed {
		return 0, pgx.ErrTxClosed
	}
	return b.conn.CopyFrom(ctx, table, columns, rows)
}

func (b *bridgeTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	if b.closed {
		return closedBatch{}
	}
	return b.conn.SendBatch(ctx, batch)
}

// LargeObjects cannot be offered: pgx ties them to its own transaction type. Nothing here stores any.
func (b *bridgeTx) LargeObjects() pgx.LargeObjects {
	panic("postgres: large objects are not available through the bridge")
}

func (b *bridgeTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	if b.closed {
		return nil, pgx.ErrTxClosed
	}
	return b.conn.Prepare(ctx, name, sql)
}

func (b *bridgeTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if b.closed {
		return pgconn.CommandTag{}, pgx.ErrTxClosed
	}
	return b.conn.Exec(ctx, sql, args...)
}

func (b *bridgeTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if b.closed {
		return closedRows{}, pgx.ErrTxClosed
	}
	return b.conn.Query(ctx, sql, args...)
}

func (b *bridgeTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if b.closed {
		return closedRows{}
	}
	return b.conn.QueryRow(ctx, sql, args...)
}

func (b *bridgeTx) Conn() *pgx.Conn { return b.conn }

// savepointTx is a nested transaction of the bridge.
type savepointTx struct {
	*bridgeTx
	name string
	done bool
}

func (s *savepointTx) Commit(ctx context.Context) error { return s.end(ctx, "RELEASE SAVEPOINT ") }
func (s *savepointTx) Rollback(ctx context.Context) error {
	return s.end(ctx, "ROLLBACK TO SAVEPOINT ")
}

func (s *savepointTx) end(ctx context.Context, verb string) error {
	if s.done {
		return pgx.ErrTxClosed
	}
	s.done = true
	_, err := s.Exec(ctx, verb+s.name)
	return err
}

// closedRows and closedBatch answer whoever keeps the bridge beyond its transaction.
type closedRows struct{}

func (closedRows) Close()                                       {}
func (closedRows) Err() error                                   { return pgx.ErrTxClosed }
func (closedRows) CommandTag() pgconn.CommandTag                { return pgconn.CommandTag{} }
func (closedRows) FieldDescriptions() []pgconn.FieldDescription { return nil }
func (closedRows) Next() bool                                   { return false }
func (closedRows) Scan(...any) error                            { return pgx.ErrTxClosed }
func (closedRows) Values() ([]any, error)                       { return nil, pgx.ErrTxClosed }
func (closedRows) RawValues() [][]byte                          { return nil }
func (closedRows) TypeMap() *pgtype.Map                         { return nil }
func (closedRows) Conn() *pgx.Conn                              { return nil }

type closedBatch struct{}

func (closedBatch) Exec() (pgconn.CommandTag, error) { return pgconn.CommandTag{}, pgx.ErrTxClosed }
func (closedBatch) Query() (pgx.Rows, error)         { return closedRows{}, pgx.ErrTxClosed }
func (closedBatch) QueryRow() pgx.Row                { return closedRows{} }
func (closedBatch) Tx() pgx.Tx                       { return nil }
func (closedBatch) Close() error                     { return pgx.ErrTxClosed }
