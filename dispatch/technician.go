package dispatch

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
)

// Technician is someone who repairs devices.
type Technician struct {
	bun.BaseModel `bun:"table:technicians,alias:t"`

	ID            uuid.UUID `bun:"id,pk,type:uuid"`
	Number        string    `bun:"number"`
	FirstName     string    `bun:"first_name"`
	LastName      string    `bun:"last_name"`
	Phone         string    `bun:"phone"`
	Email         string    `bun:"email"`
	Skills        Texts     `bun:"skills"`
	HomeLatitude  float64   `bun:"home_latitude"`
	HomeLongitude float64   `bun:"home_longitude"`
	// Territory is the postal code prefixes the technician works in; empty means everywhere.
	Territory Texts `bun:"territory"`
	// ShiftStart and ShiftEnd are "15:04:05" on the wall in TimeZone; an end before the start goes past midnight.
	ShiftStart string     `bun:"shift_start"`
	ShiftEnd   string     `bun:"shift_end"`
	TimeZone   string     `bun:"time_zone"`
	Active     bool       `bun:"active"`
	OnDuty     bool       `bun:"on_duty"`
	DutySince  *time.Time `bun:"duty_since"`
	Version    int64      `bun:"version"`
	CreatedAt  time.Time  `bun:"created_at"`
	UpdatedAt  time.Time  `bun:"updated_at"`
	// VanStock is what is in the van, quantity by part number, where it was asked for.
	VanStock map[string]int `bun:"van_stock,type:jsonb,scanonly"`
}

// Home is where the technician starts from when no position is known.
func (t *Technician) Home() orb.Point { return orb.Point{t.HomeLongitude, t.HomeLatitude} }

// Name is first and last name.
func (t *Technician) Name() string { return strings.TrimSpace(t.FirstName + " " + t.LastName) }

// Lacking gives the skills of need that the technician does not have.
func (t *Technician) Lacking(need []string) []string {
	var lacking []string
	for _, skill := range need {
		if !slices.Contains(t.Skills, skill) {
			lacking = append(lacking, skill)
		}
	}
	return lacking
}

// Covers reports whether a postal code is in the technician's territory.
func (t *Technician) Covers(postalCode string) bool {
	return len(t.Territory) == 0 || slices.ContainsFunc(t.Territory, func(prefix string) bool {
		return strings.HasPrefix(postalCode, prefix)
	})
}

// Missing gives the parts of need that are not in the van.
func (t *Technician) Missing(need []string) []string {
	var missing []string
	for _, part := range need {
		if t.VanStock[part] < 1 {
			missing = append(missing, part)
		}
	}
	return missing
}

// Shift gives the shift that at falls in, or the next one when it falls in none. A shift that starts and ends at
// the same time of day lasts a whole day. The clock on the wall rules: where a summer-time change falls in the
// shift, it is an hour longer or shorter.
func (t *Technician) Shift(at time.Time) Span {
	zone, err := time.LoadLocation(t.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	from, until := wallTime(t.ShiftStart), wallTime(t.ShiftEnd)
	local := at.In(zone)
	for day := -1; ; day++ { // yesterday's may go past midnight
		y, m, d := local.Date()
		start := time.Date(y, m, d+day, 0, from, 0, 0, zone)
		end := time.Date(y, m, d+day, 0, until, 0, 0, zone)
		if until <= from {
			end = time.Date(y, m, d+day+1, 0, until, 0, 0, zone)
		}
		if end.After(at) {
			return Span{start.UTC(), end.UTC()}
		}
	}
}

// wallTime reads "15:04:05" as minutes after midnight; anything else is midnight, which the database's type time
// leaves no room for.
func wallTime(s string) int {
	t, err := time.Parse(time.TimeOnly, s)
	if err != nil {
		return 0
	}
	return t.Hour()*60 + t.Minute()
}

// vanStock is the SQL for Technician.VanStock.
const vanStock = `(SELECT coalesce(jsonb_object_agg(part_number, quantity), '{}') FROM van_stock
	WHERE van_stock.technician_id = t.id) AS van_stock`

// lockTechnicians locks the rows in the order of their ids. Whoever changes visits of a technician holds this
// lock, and takes it after that of the request: so no two transactions wait for each other.
func lockTechnicians(ctx context.Context, db bun.IDB, ids ...uuid.UUID) (map[uuid.UUID]*Technician, error) {
	var rows []*Technician
	if err := db.NewSelect().Model(&rows).ColumnExpr("t.*").ColumnExpr(vanStock).
		Where("t.id IN (?)", bun.List(ids)).Order("t.id").For("NO KEY UPDATE OF t").Scan(ctx); err != nil {
		return nil, err
	}
	found := make(map[uuid.UUID]*Technician, len(rows))
	for _, t := range rows {
		found[t.ID] = t
	}
	for _, id := range ids {
		if found[id] == nil {
			return nil, errNoTechnician()
		}
	}
	return found, nil
}

func errNoTechnician() error {
	return fault.New(fault.NotFound, "technician_not_found", "There is no such technician.", fault.Field("technician_id"))
}
