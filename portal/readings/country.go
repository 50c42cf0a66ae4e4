package readings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/audit"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/once"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/support"
)

// CountrySetting is what is turned on in a country.
type CountrySetting struct {
	// Country is ISO 3166-1 alpha-2.
	Country string `bun:"country"`
	// BulkReadings tells whether files of readings are taken.
	BulkReadings bool `bun:"bulk_readings"`
}

// Countries gives what is turned on in each country where there are accounts or something is set, by code. Forbidden
// "role_forbidden" for anybody but staff.
func (s *Service) Countries(ctx context.Context, actor identity.Actor) ([]CountrySetting, error) {
	if err := portal.StaffOnly(actor); err != nil {
		return nil, err
	}
	var all []CountrySetting
	err := s.db.NewRaw(`SELECT c.country, coalesce(s.bulk_readings, false) AS bulk_readings
		FROM (SELECT country FROM accounts UNION SELECT country FROM country_settings) AS c
		LEFT JOIN country_settings s USING (country) ORDER BY c.country`).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("readings: reading countries: %w", err)
	}
	return all, nil
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// SetCountry turns things on or off in a country. Forbidden "role_forbidden" for anybody but an administrator; Invalid
// "country_unknown" for a country that is neither served nor has accounts.
func (s *Service) SetCountry(ctx context.Context, actor identity.Actor, op uuid.UUID, set CountrySetting) (CountrySetting, error) {
	if !actor.Is(identity.RoleAdmin) {
		return CountrySetting{}, fault.NewForbidden("role_forbidden", "This is for administrators.")
	}
	unknown := fault.NewInvalid("country", "country_unknown", "There is no such country here; two letters are expected, for example NO.")
	if !countryCode.MatchString(set.Country) {
		return CountrySetting{}, unknown
	}
	key := once.Key{Person: actor.PersonID, ID: op, Kind: "readings.country"}
	return once.InTx(ctx, s.db, key, set, func(ctx context.Context, tx postgres.Tx) (CountrySetting, error) {
		if _, served := support.Of(set.Country); !served {
			if has, err := tx.NewSelect().TableExpr("accounts").Where("country = ?", set.Country).Exists(ctx); err != nil {
				return set, fmt.Errorf("readings: looking for accounts: %w", err)
			} else if !has {
				return set, unknown
			}
		}
		on, err := bulkIn(ctx, tx, set.Country, " FOR UPDATE")
		if err != nil {
			return set, err
		}
		before := CountrySetting{Country: set.Country, BulkReadings: on}
		if _, err := tx.ExecContext(ctx, `INSERT INTO country_settings (country, bulk_readings, updated_at) VALUES (?, ?, ?)
				ON CONFLICT (country) DO UPDATE SET bulk_readings = excluded.bulk_readings, updated_at = excluded.updated_at`,
			set.Country, set.BulkReadings, tx.Now()); err != nil {
			return set, fmt.Errorf("readings: setting a country: %w", err)
		}
		// A country has no id of its own; the trail is found by this one, made of its code.
		id := uuid.NewSHA1(uuid.NameSpaceDNS, []byte("country:"+set.Country))
		return set, audit.Write(ctx, tx, actor, "country.set", "country", id, before, set)
	})
}

// BulkFor reports whether files of readings are taken from the customer's company: whether it is on in its country.
func BulkFor(ctx context.Context, db bun.IDB, actor identity.Actor) (on bool, err error) {
	if err := portal.CustomersOnly(actor); err != nil {
		return false, err
	}
	var country string
	if err := db.NewSelect().TableExpr("accounts").Column("country").Where("id = ?", actor.AccountID).Scan(ctx, &country); err != nil {
		return false, fmt.Errorf("readings: reading the country: %w", err)
	}
	return bulkIn(ctx, db, country, "")
}

// BulkReadings is BulkFor on the service's database.
func (s *Service) BulkReadings(ctx context.Context, actor identity.Actor) (bool, error) {
	return BulkFor(ctx, s.db, actor)
}

func bulkIn(ctx context.Context, db bun.IDB, country, lock string) (on bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT bulk_readings FROM country_settings WHERE country = ?`+lock, country).Scan(&on)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("readings: reading what is on in a country: %w", err)
	}
	return on, nil
}
