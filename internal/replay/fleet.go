package replay

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"utsendt/geo"
	"utsendt/internal/identity"
	"utsendt/internal/server"
	"utsendt/portal/transfer"
)

const (
	account      = "REPLAY"
	dispatcherID = "replay-dispatcher"
)

// duty is when somebody works, in minutes after midnight on the wall; from == until is round the clock.
type duty struct{ from, until int }

// duties of twenty technicians: most by day, some in the evening, and at least one of each trade at night.
func dutyOf(i, technicians int) duty {
	if technicians < 20 {
		return duty{0, 0}
	}
	switch n := i % 20; {
	case n < 12:
		return duty{7 * 60, 15*60 + 30}
	case n < 17:
		return duty{14*60 + 30, 23 * 60}
	}
	return duty{22*60 + 30, 7*60 + 30}
}

// wall writes minutes after midnight as the import reads them.
func wall(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// member is one made-up technician.
type member struct {
	number, userID string
	home           orb.Point
	trades         []int
	duty           duty
}

// members spreads technicians as the requests are: each lives within two kilometres of one of them.
func members(rows []row, count int, seed uint64) []member {
	draw := rand.New(rand.NewPCG(seed, 1))
	all := make([]member, count)
	for i := range all {
		near := rows[draw.IntN(len(rows))].point
		m := member{
			number: fmt.Sprintf("R-%03d", i+1), userID: fmt.Sprintf("replay-technician%03d", i+1),
			home: geo.Move(near, draw.Float64()*360, 100+draw.Float64()*1900), duty: dutyOf(i, count),
		}
		// Every third knows all trades, the others two.
		first := draw.IntN(len(trades))
		for n := range trades {
			if i%3 == 0 || n < 2 {
				m.trades = append(m.trades, (first+n)%len(trades))
			}
		}
		slices.Sort(m.trades)
		all[i] = m
	}
	return all
}

func serialOf(i int) string { return fmt.Sprintf("REPLAY-%06d", i+1) }

// files are the fleet in the rows of portal/transfer: a device and a site for each request.
func files(rows []row, all []member, country string, zone *time.Location) map[transfer.Kind][][]string {
	f := map[transfer.Kind][][]string{
		transfer.Accounts: {{account, "Replayed requests", country, "en"}},
		transfer.People:   {{dispatcherID, string(identity.RoleDispatcher), "", "", "Replay", "Dispatcher", "", "", "en", "false"}},
	}
	for trade, skill := range trades {
		f[transfer.Models] = append(f[transfer.Models], []string{modelOf(trade), skill, "false"})
	}
	for i, r := range rows {
		code := r.postalCode
		if code == "" {
			code = "0"
		}
		_, trade := kindOf(r.kind)
		number := fmt.Sprintf("%06d", i+1)
		f[transfer.Sites] = append(f[transfer.Sites], []string{
			account, number, "", "Line " + strconv.Itoa(r.line), "", "", code, "Replay", country,
			degrees(r.point.Lat()), degrees(r.point.Lon()), "street", zone.String(),
		})
		f[transfer.Devices] = append(f[transfer.Devices], []string{serialOf(i), modelOf(trade), account, number, "", ""})
	}
	for _, m := range all {
		var skills []string
		for _, trade := range m.trades {
			skills = append(skills, trades[trade])
		}
		from, until := wall(m.duty.from), wall(m.duty.until)
		if m.duty.from == m.duty.until {
			from, until = "00:00", "23:59"
		}
		f[transfer.Technicians] = append(f[transfer.Technicians], []string{
			m.number, "Replay", m.number, "", "", strings.Join(skills, "|"), degrees(m.home.Lat()), degrees(m.home.Lon()),
			"", from, until, zone.String(), "true", "",
		})
		f[transfer.People] = append(f[transfer.People], []string{
			m.userID, string(identity.RoleTechnician), "", m.number, "Replay", m.number, "", "", "en", "false",
		})
	}
	return f
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// filled leaves the columns at the end empty that the rows of a kind do not name: they take their defaults.
func filled(kind transfer.Kind, rows [][]string) [][]string {
	whole := make([][]string, len(rows))
	for i, row := range rows {
		whole[i] = make([]string, max(len(row), len(transfer.ColumnNames(kind))))
		copy(whole[i], row)
	}
	return whole
}

// load brings the fleet into an empty database and gives everybody the password.
func load(ctx context.Context, parts server.Parts, made map[transfer.Kind][][]string, password string) error {
	var used bool
	if err := parts.DB.Pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM people) OR EXISTS (SELECT FROM service_requests)
		OR EXISTS (SELECT FROM technicians)`).Scan(&used); err != nil {
		return fmt.Errorf("looking at the database: %w", err)
	}
	if used {
		return fmt.Errorf("a replay needs an empty database: it turns the clock back, and this one is in use")
	}
	for _, kind := range transfer.Kinds() {
		if len(made[kind]) == 0 {
			continue
		}
		var file bytes.Buffer
		if err := transfer.Write(&file, kind, filled(kind, made[kind])); err != nil {
			return err
		}
		_, err := transfer.Import(ctx, parts.DB.DB, kind, &file, transfer.Options{OnRow: func(r transfer.RowResult) error {
			if r.Outcome == transfer.Refused {
				return fmt.Errorf("row %d (%s) of %s was refused: %s", r.Row, r.Key, kind, r.Message)
			}
			return nil
		}})
		if err != nil {
			return fmt.Errorf("loading the fleet: %w", err)
		}
	}
	for _, row := range made[transfer.People] {
		person, err := identity.ByUserID(ctx, parts.DB, row[0])
		if err != nil {
			return err
		}
		if err := parts.People.SetPassword(ctx, identity.System(), person.ID, password, false); err != nil {
			return err
		}
	}
	return nil
}
