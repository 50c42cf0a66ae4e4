package identity

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// Page sizes of the list of sign-ups.
const (
	defaultPageSize = 25
	maxPageSize     = 100
)

// SignUps is one page of sign-ups.
type SignUps struct {
	SignUps []SignUp
	// Next is the token of the next page; empty on the last.
	Next string
}

// ListSignUps gives the sign-ups that were confirmed, newest first: those in one state, or all with "". What was
// not confirmed by mail is nobody's business. size is 1 to 100, or 0 for 25.
//
// Errors: Forbidden for anyone but staff; Invalid naming state, page_size or page_token.
func (s *Service) ListSignUps(ctx context.Context, actor Actor, state SignUpState, size int, token string) (SignUps, error) {
	if err := staff(actor); err != nil {
		return SignUps{}, err
	}
	switch {
	case size == 0:
		size = defaultPageSize
	case size < 0 || size > maxPageSize:
		return SignUps{}, fault.NewInvalid("page_size", "page_size_invalid", "A page has 1 to 100 rows; 0 means 25.")
	}
	rows := make([]SignUp, 0, size+1)
	query := s.selectSignUps(&rows).Where("sign_up.confirmed_at IS NOT NULL").
		Order("sign_up.confirmed_at DESC", "sign_up.id DESC").Limit(int64(size + 1))
	switch state {
	case "":
	case SignUpConfirmed, SignUpApproved, SignUpRefused:
		query = query.Where("sign_up.state = ?", state)
	default:
		return SignUps{}, fault.NewInvalid("state", "invalid_field", "There are no sign-ups to be listed in this state.")
	}
	if token != "" {
		last, err := readPageToken(token)
		if err != nil {
			return SignUps{}, err
		}
		query = query.Where(`(sign_up.confirmed_at, sign_up.id) < (SELECT confirmed_at, id FROM sign_ups WHERE id = ?)`, last)
	}
	if err := query.Scan(ctx); err != nil {
		return SignUps{}, fmt.Errorf("identity: reading sign-ups: %w", err)
	}
	page := SignUps{SignUps: rows}
	if len(rows) > size {
		page.SignUps = rows[:size]
		last := rows[size-1].ID
		page.Next = base64.RawURLEncoding.EncodeToString(last[:])
	}
	return page, nil
}

func readPageToken(token string) (uuid.UUID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		var id uuid.UUID
		if id, err = uuid.FromBytes(raw); err == nil {
			return id, nil
		}
	}
	return uuid.Nil, fault.NewInvalid("page_token", "page_token_malformed",
		"The page token is not one of ours; begin again with the first page.", fault.Cause(err))
}

func (s *Service) signUp(ctx context.Context, id uuid.UUID) (SignUp, error) {
	var row SignUp
	err := s.selectSignUps(&row).Where("sign_up.id = ? AND sign_up.confirmed_at IS NOT NULL", id).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return SignUp{}, errSignUpNotFound
	case err != nil:
		return SignUp{}, fmt.Errorf("identity: reading a sign-up: %w", err)
	}
	return row, nil
}

func (s *Service) selectSignUps(into any) *bun.SelectQuery {
	return s.db.NewSelect().Model(into).ColumnExpr("sign_up.*").
		ColumnExpr("account.name AS account_name, COALESCE(person.user_id, '') AS user_id").
		Join("JOIN accounts AS account ON account.id = sign_up.account_id").
		Join("LEFT JOIN people AS person ON person.id = sign_up.person_id")
}
