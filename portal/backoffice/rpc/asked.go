package rpc

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/fault"
	"utsendt/portal/backoffice"
)

// ids reads several ids at once; the first that is none decides the error.
type ids struct{ err error }

// of reads an id; an empty one is uuid.Nil.
func (i *ids) of(field, text string) uuid.UUID {
	id, err := dispatchrpc.ID(field, text)
	if err != nil && i.err == nil {
		i.err = err
	}
	return id
}

func page(size int32, token string) backoffice.Page {
	return backoffice.Page{Size: int(size), Token: token}
}

// day reads "2026-01-31"; an empty text is nil.
func day(field, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil || at.Year() < 1970 || at.Year() > 2200 {
		return nil, fault.NewInvalid(field, "day_invalid", "This is no day between 1970 and 2200; one is written like 2026-01-31.")
	}
	return &at, nil
}

func dayText(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.Format(time.DateOnly)
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

func number(n *int) *int32 {
	if n == nil {
		return nil
	}
	return new(int32(*n))
}

func numberOf(n *int32) *int {
	if n == nil {
		return nil
	}
	return new(int(*n))
}

// each translates every row.
func each[T, P any](rows []T, translate func(*T) P) []P {
	out := make([]P, len(rows))
	for i := range rows {
		out[i] = translate(&rows[i])
	}
	return out
}

func sortedKeys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }
