package registration

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/transfer"
)

// MaxRows is how many devices are registered in one go.
const MaxRows = 10000

// Many says which devices to register for whom: those of a file, or all of the person's company.
type Many struct {
	UserID string
	// File is CSV with the column serial_number and, where wished, friendly_name, backup_email and reminders. Nil takes
	// AccountNumber.
	File []byte
	// AccountNumber is the person's own company's.
	AccountNumber string
	// BackupEmail and WithoutReminders are for rows that say nothing else.
	BackupEmail      string
	WithoutReminders bool
	DryRun           bool
}

// Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	RowRegistered Outcome = "registered"
	// RowChanged: registered before, name or settings are new.
	RowChanged   Outcome = "changed"
	RowUnchanged Outcome = "unchanged"
	RowRefused   Outcome = "refused"
)

// ManyRow is what became of one row.
type ManyRow struct {
	// Row counts as a spreadsheet does, the header being 1; without a file from 1.
	Row          int
	SerialNumber string
	Outcome      Outcome
	// Reason, Field and Message say why a row was refused.
	Reason, Field, Message string
}

// ManyResult is the answer to RegisterMany.
type ManyResult struct {
	Rows []ManyRow
	// Registered, Changed, Unchanged and Refused count the rows.
	Registered, Changed, Unchanged, Refused int
	// Encoding and Separator tell how the file was read; empty without one.
	Encoding, Separator string
	// Ignored are columns that are none of ours.
	Ignored []string
	// Account is the number and name of the person's company.
	Account struct{ Number, Name string }
	// Person is whom it is for; it is not kept with the answer.
	Person identity.Person `json:"-"`
}

// wanted is one row on its way. cells nil means that nothing is said.
type wanted struct {
	ManyRow
	name, backup *string
	reminders    *bool
}

// RegisterMany registers devices for a customer, active at once, because staff do it. Bad rows are refused each for itself;
// a dry run tells the same and changes nothing; the same again changes nothing. Everything happens in one transaction.
// NotFound "person_not_found" for whoever is no active customer; Invalid for a file that cannot be read as a whole.
func (s *Service) RegisterMany(ctx context.Context, actor identity.Actor, op uuid.UUID, m Many) (ManyResult, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return ManyResult{}, err
	}
	if m.File == nil && m.AccountNumber == "" {
		return ManyResult{}, fault.NewInvalid("account_number", "devices_missing", "Give a file of serial numbers or an account number.")
	}
	backup, err := cleanEmail(m.BackupEmail)
	if err != nil {
		return ManyResult{}, err
	}
	person, err := identity.ByUserID(ctx, s.db, strings.TrimSpace(m.UserID))
	if err != nil {
		return ManyResult{}, err
	}
	if person.Role != identity.RoleCustomer || person.DisabledAt != nil {
		return ManyResult{}, fault.NewNotFound("person_not_found", "There is no such person.")
	}
	var result ManyResult
	if err := s.db.NewSelect().TableExpr("accounts").Column("number", "name").Where("id = ?", person.AccountID).
		Scan(ctx, &result.Account.Number, &result.Account.Name); err != nil {
		return ManyResult{}, fmt.Errorf("registration: reading a company: %w", err)
	}
	var rows []wanted
	if m.File != nil {
		if rows, err = result.read(m.File); err != nil {
			return ManyResult{}, err
		}
	}
	asked := m
	m.BackupEmail = backup
	work := func(ctx context.Context, tx postgres.Tx) (ManyResult, error) {
		done := result
		todo := slices.Clone(rows)
		if m.File == nil {
			if todo, err = s.wholeAccount(ctx, tx, person, m.AccountNumber); err != nil {
				return ManyResult{}, err
			}
		}
		return done, s.many(ctx, tx, actor, person, m, todo, &done)
	}
	var answer ManyResult
	if m.DryRun {
		err := postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
			answer, err = work(ctx, tx)
			return err
		}, postgres.ReadOnly())
		answer.Person = person
		return answer, err
	}
	answer, err = once.InTx(ctx, s.db, once.Key{Person: actor.PersonID, ID: op, Kind: "register_many"}, asked, work)
	answer.Person = person
	return answer, err
}

// The columns of the file, in the order of fileColumns.
const (
	columnSerial = iota
	columnName
	columnBackup
	columnReminders
)

var fileColumns = []transfer.Column{
	{Name: "serial_number", Required: true}, {Name: "friendly_name"}, {Name: "backup_email"}, {Name: "reminders"},
}

// read takes a file apart and notes how it was read.
func (r *ManyResult) read(file []byte) ([]wanted, error) {
	rows, err := transfer.ReadRows(bytes.NewReader(file), fileColumns)
	if err != nil {
		return nil, err
	}
	all, whole, err := rows.All(MaxRows)
	if err != nil {
		return nil, err
	}
	if !whole {
		return nil, fault.NewInvalid("file", "file_too_many_rows", fmt.Sprintf("The file has more than %d rows.", MaxRows),
			fault.Param("max", fmt.Sprint(MaxRows)))
	}
	r.Encoding, r.Separator, r.Ignored = rows.Encoding(), rows.Separator(), rows.Ignored
	todo := make([]wanted, 0, len(all))
	for _, row := range all {
		w := wanted{ManyRow: ManyRow{Row: row.Row, Reason: row.Reason, Field: row.Field, Message: row.Message}}
		if row.Reason == "" {
			w.SerialNumber = portal.SerialNumber(row.Cells[columnSerial])
			w.settings(row.Cells)
		}
		todo = append(todo, w)
	}
	return todo, nil
}

// settings reads the other cells of a row.
func (w *wanted) settings(cells []string) {
	chosen := Settings{}
	if name := cells[columnName]; name != "" {
		chosen.FriendlyName = &name
	}
	if backup := cells[columnBackup]; backup != "" {
		chosen.BackupEmail = &backup
	}
	clean, err := chosen.clean()
	if err != nil {
		f := fault.From(err)
		w.refuse(f.Reason, f.Field, f.Message)
		return
	}
	w.name, w.backup = clean.FriendlyName, clean.BackupEmail
	if cell := cells[columnReminders]; cell != "" {
		on, known := map[string]bool{
			"true": true, "yes": true, "ja": true, "1": true, "x": true, "false": false, "no": false, "nei": false, "0": false,
		}[strings.ToLower(cell)]
		if !known {
			w.refuse("not_yes_or_no", "reminders", "The cell reminders is neither true nor false.")
			return
		}
		w.reminders = &on
	}
}

func (w *wanted) refuse(reason, field, message string) {
	w.Outcome, w.Reason, w.Field, w.Message = RowRefused, reason, field, message
}
