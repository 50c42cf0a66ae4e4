package backoffice

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"

	"utsendt/internal/fault"
	"utsendt/internal/postgres"
)

// Page says which part of a list is wanted.
type Page struct {
	// Size is 1 to 100; 0 means 20.
	Size int
	// Token is the former page's Next; empty means the first page.
	Token string
}

// Found is one page of a list.
type Found[T any] struct {
	Rows []T
	// Next is empty on the last page.
	Next string
	// Total counts all rows that were looked for, on whatever page.
	Total int64
}

const (
	usualPage = 20
	largest   = 100
)

var errPageToken = fault.NewInvalid("page_token", "page_token_malformed",
	"The page token is not one of ours; begin again with the first page.")

// size applies the default and the bound.
func (p Page) size() (int, error) {
	switch {
	case p.Size == 0:
		return usualPage, nil
	case p.Size < 0 || p.Size > largest:
		return 0, fault.NewInvalid("page_size", "page_size_invalid", "A page has 1 to 100 rows; 0 means 20.")
	}
	return p.Size, nil
}

// place is where a page ended: the two texts that a list is ordered by.
type place [2]string

func (p place) token() string {
	raw, _ := json.Marshal(p) // two texts always marshal
	return base64.RawURLEncoding.EncodeToString(raw)
}

// readToken is its inverse. Tokens come from outside and are data to compare with, never trusted further.
func readToken(token string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return errPageToken
	}
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.DisallowUnknownFields()
	if decoder.Decode(into) != nil || decoder.More() {
		return errPageToken
	}
	return nil
}

func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// ordering says what a list is ordered by: two SQL texts that together are unique, and their values in a row.
type ordering[T any] struct {
	first, second string
	of            func(*T) place
}

// list reads one page and the total in one snapshot. narrow puts in tables and conditions, columns what is shown.
func list[T any](ctx context.Context, db *postgres.DB, page Page, by ordering[T],
	narrow, columns func(*bun.SelectQuery) *bun.SelectQuery,
) (found Found[T], err error) {
	size, err := page.size()
	if err != nil {
		return found, err
	}
	var after place
	if page.Token != "" {
		if err := readToken(page.Token, &after); err != nil {
			return found, err
		}
		if !storable(after[0]) || !storable(after[1]) {
			return found, errPageToken
		}
	}
	err = postgres.InTx(ctx, db, func(ctx context.Context, tx postgres.Tx) error {
		found = Found[T]{}
		total, err := narrow(tx.NewSelect().Model((*T)(nil))).Count(ctx)
		if err != nil {
			return fmt.Errorf("backoffice: counting: %w", err)
		}
		found.Total = total
		q := columns(narrow(tx.NewSelect().Model(&found.Rows))).OrderExpr(by.first + ", " + by.second).Limit(int64(size) + 1)
		if page.Token != "" {
			q = q.Where("("+by.first+", "+by.second+") > (?, ?)", after[0], after[1])
		}
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("backoffice: listing: %w", err)
		}
		return nil
	}, postgres.ReadOnly(), postgres.Isolation(sql.LevelRepeatableRead))
	if err == nil && len(found.Rows) > size {
		found.Rows = found.Rows[:size]
		found.Next = by.of(&found.Rows[size-1]).token()
	}
	return found, err
}

// matching keeps rows in whose texts every word of a query occurs, in any case; every letter is taken literally.
func matching(q *bun.SelectQuery, query, texts string) *bun.SelectQuery {
	query = norm.NFC.String(strings.ReplaceAll(strings.ToValidUTF8(query, "\uFFFD"), "\x00", " "))
	for _, word := range sortedOnce(strings.Fields(query)) {
		q = q.Where("strpos(lower(concat_ws(' ', "+texts+")), lower(?)) > 0", word)
	}
	return q
}

func sortedOnce(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// one reads a single row that is shown; NotFound when there is none.
func one[T any](ctx context.Context, db bun.IDB, kind, id string, arg any,
	narrow, columns func(*bun.SelectQuery) *bun.SelectQuery,
) (T, error) {
	var rows []T
	err := columns(narrow(db.NewSelect().Model(&rows))).Where(id+" = ?", arg).Limit(1).Scan(ctx)
	if err != nil {
		var none T
		return none, fmt.Errorf("backoffice: reading a %s: %w", kind, err)
	}
	if len(rows) == 0 {
		var none T
		return none, notThere(kind)
	}
	return rows[0], nil
}
