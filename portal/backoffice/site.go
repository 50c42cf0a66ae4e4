package backoffice

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/revision"
	"utsendt/portal"
)

// Site is an address of an account.
type Site struct {
	bun.BaseModel `bun:"table:sites,alias:site"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	SiteFields
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`

	AccountNumber string `bun:"account_number,scanonly"`
	AccountName   string `bun:"account_name,scanonly"`
	// Devices in use.
	Devices int64 `bun:"devices,scanonly"`
}

// SiteFields are what may be changed of a site, but for the account; portal.Site says what they mean.
type SiteFields struct {
	AccountID  uuid.UUID      `bun:"account_id,type:uuid"`
	Number     string         `bun:"number"`
	Name       string         `bun:"name"`
	Line1      string         `bun:"line1"`
	Line2      string         `bun:"line2"`
	Line3      string         `bun:"line3"`
	PostalCode string         `bun:"postal_code"`
	City       string         `bun:"city"`
	Country    string         `bun:"country"`
	Latitude   *float64       `bun:"latitude"`
	Longitude  *float64       `bun:"longitude"`
	Quality    portal.Quality `bun:"quality"`
	TimeZone   string         `bun:"time_zone"`
	Notes      string         `bun:"notes"`
}

// Revision is what a change of it must be based on.
func (s *Site) Revision() string { return s.fields().Revision() }

func (s *Site) begin(id uuid.UUID, now time.Time) { s.ID, s.CreatedAt, s.UpdatedAt = id, now, now }
func (s *Site) touch(now time.Time)               { s.UpdatedAt = now }
func (s *Site) fields() revision.Fields {
	return revision.Fields{
		{Name: "account_id", Value: s.AccountID}, {Name: "number", Value: s.Number}, {Name: "name", Value: s.Name},
		{Name: "line1", Value: s.Line1}, {Name: "line2", Value: s.Line2}, {Name: "line3", Value: s.Line3},
		{Name: "postal_code", Value: s.PostalCode}, {Name: "city", Value: s.City}, {Name: "country", Value: s.Country},
		{Name: "latitude", Value: s.Latitude}, {Name: "longitude", Value: s.Longitude}, {Name: "quality", Value: s.Quality},
		{Name: "time_zone", Value: s.TimeZone}, {Name: "notes", Value: s.Notes},
	}
}

func (f *SiteFields) check() error {
	for _, text := range []*string{&f.Name, &f.Line1, &f.Line2, &f.Line3, &f.City} {
		tidy(text)
	}
	f.Notes = strings.ReplaceAll(f.Notes, "\r\n", "\n")
	tidy(&f.Notes)
	f.PostalCode = portal.PostalCode(f.Country, f.PostalCode)
	if err := required(map[string]*string{"number": &f.Number}); err != nil {
		return err
	}
	switch {
	case (f.Latitude == nil) != (f.Longitude == nil):
		return fault.NewInvalid("fields.latitude", "position_half", "A position needs both latitude and longitude.")
	case (f.Quality == portal.QualityNone) != (f.Latitude == nil):
		return fault.NewInvalid("fields.quality", "quality_position", "Say how good the position is, and none where there is no position.")
	}
	return checkTimeZone(f.TimeZone)
}

// SiteQuery asks for sites.
type SiteQuery struct {
	Text string
	// AccountID is uuid.Nil for all.
	AccountID uuid.UUID
	Page      Page
}

var siteOrder = ordering[Site]{"account.number", "site.number", func(s *Site) place { return place{s.AccountNumber, s.Number} }}

func withAccount(alias string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Join("JOIN accounts AS account ON account.id = ?.account_id", bun.Ident(alias))
	}
}

func siteColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr(`site.id, site.account_id, site.number, site.name, site.line1, site.line2, site.line3, site.postal_code, site.city,
			site.country, site.latitude, site.longitude, site.quality, site.time_zone, site.notes, site.created_at, site.updated_at`).
		ColumnExpr("account.number AS account_number, account.name AS account_name").
		ColumnExpr("(SELECT count(*) FROM devices d WHERE d.site_id = site.id AND d.retired_at IS NULL) AS devices")
}

// Sites lists sites by account and number. For staff.
func (s *Service) Sites(ctx context.Context, actor identity.Actor, query SiteQuery) (Found[Site], error) {
	if err := staff(actor); err != nil {
		return Found[Site]{}, err
	}
	return list(ctx, s.db, query.Page, siteOrder, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = withAccount("site")(q)
		if query.AccountID != uuid.Nil {
			q = q.Where("site.account_id = ?", query.AccountID)
		}
		return matching(q, query.Text, "site.number, site.name, site.line1, site.line2, site.postal_code, site.city, account.number, account.name")
	}, siteColumns)
}

// Site gives one. For staff; NotFound site_not_found.
func (s *Service) Site(ctx context.Context, actor identity.Actor, id uuid.UUID) (Site, error) {
	if err := staff(actor); err != nil {
		return Site{}, err
	}
	return site(ctx, s.db, id)
}

func site(ctx context.Context, db bun.IDB, id uuid.UUID) (Site, error) {
	return one[Site](ctx, db, "site", "site.id", id, withAccount("site"), siteColumns)
}

// CreateSite makes one. For staff. NotFound account_not_found; Exists number_taken; Invalid with the field.
func (s *Service) CreateSite(ctx context.Context, actor identity.Actor, op uuid.UUID, f SiteFields) (Site, error) {
	if err := staff(actor); err != nil {
		return Site{}, err
	}
	if err := f.check(); err != nil {
		return Site{}, err
	}
	return do(ctx, s, actor, op, "site.create", f, func(ctx context.Context, tx postgres.Tx) (Site, error) {
		if err := exists(ctx, tx, "account", "accounts", f.AccountID); err != nil {
			return Site{}, err
		}
		id, err := insert(ctx, tx, actor, "site", &Site{SiteFields: f})
		if err != nil {
			return Site{}, err
		}
		return site(ctx, tx, id)
	})
}

// UpdateSite changes one that was seen at a revision. For staff. Its account stays: Invalid account_fixed.
func (s *Service) UpdateSite(ctx context.Context, actor identity.Actor, op, id uuid.UUID, seen string, f SiteFields) (Site, error) {
	if err := staff(actor); err != nil {
		return Site{}, err
	}
	if err := f.check(); err != nil {
		return Site{}, err
	}
	return do(ctx, s, actor, op, "site.update", []any{id, seen, f}, func(ctx context.Context, tx postgres.Tx) (Site, error) {
		row := new(Site)
		err := update(ctx, tx, actor, "site", id, seen, row, func() error {
			if row.AccountID != f.AccountID {
				return errAccountFixed
			}
			row.SiteFields = f
			return nil
		})
		if err != nil {
			return Site{}, err
		}
		return site(ctx, tx, id)
	})
}

var errAccountFixed = fault.NewInvalid("fields.account_id", "account_fixed", "This cannot be moved to another account. Make a new one there.")
