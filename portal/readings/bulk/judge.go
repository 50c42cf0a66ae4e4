package bulk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/portal"
	"utsendt/portal/readings"
)

// chunk is how many rows go into one statement.
const chunk = 5000

// locate finds the devices of rows among those that the actor follows, and with them when the rows were taken.
func locate(ctx context.Context, tx postgres.Tx, actor identity.Actor, rows []Row) error {
	type device struct {
		ID       uuid.UUID `bun:"id,type:uuid"`
		Serial   string    `bun:"serial_number"`
		TimeZone string    `bun:"time_zone"`
		Counters []string  `bun:"counters,array"`
	}
	var serials []string
	for i := range rows {
		if rows[i].Serial != "" {
			serials = append(serials, rows[i].Serial)
		}
	}
	slices.Sort(serials)
	found := map[string]device{}
	for part := range slices.Chunk(slices.Compact(serials), chunk) {
		var devices []device
		if err := tx.NewSelect().TableExpr("devices AS device").Join("JOIN sites AS site ON site.id = device.site_id").
			Join("JOIN models AS model ON model.id = device.model_id").
			ColumnExpr("device.id, device.serial_number, site.time_zone, model.counters").
			Where("device.account_id = ?", actor.AccountID).Where("device.serial_number IN (?)", bun.List(part)).
			Apply(portal.FollowedBy(actor.PersonID)).Scan(ctx, &devices); err != nil {
			return fmt.Errorf("bulk: finding devices: %w", err)
		}
		for _, d := range devices {
			found[d.Serial] = d
		}
	}
	places := map[string]*time.Location{}
	var somewhere *time.Location
	for i := range rows {
		row := &rows[i]
		if row.Serial == "" {
			continue
		}
		d, ok := found[row.Serial]
		if !ok {
			row.misread(errNoDevice)
			continue
		}
		row.DeviceID = d.ID
		if row.when == (moment{}) {
			continue
		}
		place := places[d.TimeZone]
		if place == nil {
			var err error
			if place, err = time.LoadLocation(d.TimeZone); err != nil {
				place = time.UTC // a zone the server does not know moves the reading by hours only
			}
			places[d.TimeZone] = place
		}
		somewhere = place
		row.TakenAt = row.when.in(place).UTC()
		// A file with a column for each counter has noughts for those that a model does not have.
		for counter, value := range row.Counters {
			if value == 0 && !slices.Contains(d.Counters, counter) {
				delete(row.Counters, counter)
			}
		}
	}
	// The time of a row whose device is not known is kept for whoever corrects it, as if it stood where others of the file do.
	for i := range rows {
		if row := &rows[i]; row.DeviceID == uuid.Nil && row.when != (moment{}) && somewhere != nil {
			row.TakenAt = row.when.in(somewhere).UTC()
		}
	}
	return nil
}

var errNoDevice = fault.NewInvalid(colSerial, "device_not_found", "There is no such device.")

// refuseTwice refuses rows for a device and time that an earlier row has with other values.
func refuseTwice(rows []Row) {
	type key struct {
		device uuid.UUID
		at     time.Time
	}
	seen := make(map[key]int, len(rows))
	for i := range rows {
		row := &rows[i]
		if row.refused() {
			continue
		}
		k := key{row.DeviceID, row.TakenAt}
		first, twice := seen[k]
		if !twice {
			seen[k] = i
			continue
		}
		if !sameValues(rows[first].Counters, row.Counters) {
			row.refuse(fault.NewInvalid("", "row_twice", fmt.Sprintf("Row %d has other values for the same device and time.", rows[first].Number),
				fault.Param("row", fmt.Sprint(rows[first].Number))))
		}
	}
}

func sameValues(a, b readings.Counters) bool {
	if len(a) != len(b) {
		return false
	}
	for counter, value := range a {
		if other, has := b[counter]; !has || other != value {
			return false
		}
	}
	return true
}

// judge lets the ledger decide about all rows that are not refused by themselves, and books the good ones unless it is dry.
// rest is the reason for doubtful rows without one.
func judge(ctx context.Context, tx postgres.Tx, actor identity.Actor, rows []Row, rest string, dry bool) error {
	ledger := readings.Ledger{Actor: actor, Source: readings.FromFile, Dry: dry, OnlyReminded: true}
	var order []int
	for i := range rows {
		if !rows[i].refused() {
			order = append(order, i)
		}
	}
	// By device, so that all rows of one are judged together, and devices are locked in the order of their ids.
	slices.SortStableFunc(order, func(a, b int) int { return compareIDs(rows[a].DeviceID, rows[b].DeviceID) })
	for len(order) > 0 {
		n := min(chunk, len(order))
		for n < len(order) && rows[order[n]].DeviceID == rows[order[n-1]].DeviceID {
			n++
		}
		entries := make([]readings.Entry, n)
		for i, at := range order[:n] {
			row := &rows[at]
			entries[i] = readings.Entry{DeviceID: row.DeviceID, TakenAt: row.TakenAt, Counters: row.Counters, Reason: cmp.Or(row.Reason, rest)}
		}
		results, err := ledger.Enter(ctx, tx, entries)
		if err != nil {
			return err
		}
		for i, at := range order[:n] {
			rows[at].Outcome, rows[at].Problems = results[i].Outcome, results[i].Problems
		}
		order = order[n:]
	}
	return nil
}

// compareIDs sorts as the database and the ledger do.
func compareIDs(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }

func (s *Summary) count(rows []Row) {
	s.Rows, s.Kept, s.Unchanged, s.Unconfirmed, s.Refused = len(rows), 0, 0, 0, 0
	for i := range rows {
		switch rows[i].Outcome {
		case readings.Kept:
			s.Kept++
		case readings.Unchanged:
			s.Unchanged++
		case readings.Unconfirmed:
			s.Unconfirmed++
		case readings.Refused:
			s.Refused++
		}
	}
}
