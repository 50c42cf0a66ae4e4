package demo

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"utsendt/internal/checkdigit"
	"utsendt/portal/transfer"
)

// firstOrder is the number of the first order, before its check digit.
const firstOrder = 100_001

// orderRows are orders of the past year and of these days. The first customer has one in each state.
func orderRows(files map[transfer.Kind]rows, at time.Time) rows {
	draw := rand.New(rand.NewPCG(47, 4))
	states := []string{"delivered", "shipped", "picked", "placed", "cancelled"}
	var all rows
	add := func(d []string, wanted, state string, placed time.Time, times []string) {
		serial, model, account, site, contract, name := d[0], d[1], d[2], d[3], d[4], d[5]
		order := []string{
			checkdigit.Number("SO-", int64(firstOrder+len(all))), account, serial, model, name, contract, customerOf(account), accountNameOf(files, account),
		}
		order = append(order, addressOf(files, account, site)...)
		order = append(order, personName(files, customerOf(account)), "", customerOf(account)+"@example.com", wanted, state, moment(placed))
		all = append(all, append(order, times...))
	}
	mine := 0
	for _, d := range files[transfer.Devices] {
		model, account, contract := d[1], d[2], d[4]
		first := account == accountNumber(1)
		if contract == "" || !first && draw.IntN(5) > 0 {
			continue
		}
		state, ago := "delivered", time.Duration(5+draw.IntN(300))*24*time.Hour
		switch {
		case first:
			state, ago = states[mine%len(states)], time.Duration(12+30*((mine+4)%len(states)))*time.Hour
			mine++
		case draw.IntN(6) == 0:
			state, ago = states[draw.IntN(len(states))], time.Duration(3+draw.IntN(40))*time.Hour
		}
		placed := at.Add(-ago)
		add(d, lines(familyOf(model), draw), state, placed, orderTimes(state, placed, ago))
	}
	if d, placed, found := runningOut(files, at); found {
		wanted := `[{"supply":"` + familyOf(d[1]).toner("black") + `","quantity":1}]`
		add(d, wanted, "delivered", placed, orderTimes("delivered", placed, 4*24*time.Hour))
	}
	return all
}

// runningOut is a device of the first customer with nothing on its way, and when its last black toner must have been placed for
// it to run out in a week from now, as its readings go.
func runningOut(files map[transfer.Kind]rows, at time.Time) (device []string, placed time.Time, found bool) {
	mine := 0
	for _, d := range files[transfer.Devices] {
		if d[2] != accountNumber(1) || d[4] == "" {
			continue
		}
		if mine++; mine%5 == 0 { // the one whose order was cancelled
			device = d
			break
		}
	}
	if device == nil {
		return nil, placed, false
	}
	var first, last time.Time
	var from, to float64
	for _, r := range files[transfer.Readings] {
		taken, err := time.Parse(time.RFC3339, r[1])
		if r[0] != device[0] || err != nil {
			continue
		}
		pages := 0.0
		for i, worth := range []float64{1, 1, 2, 2} { // black, colour, and both on A3: what a black toner prints
			n, _ := strconv.ParseFloat(r[2+i], 64)
			pages += worth * n
		}
		if first.IsZero() {
			first, from = taken, pages
		}
		last, to = taken, pages
	}
	if to <= from {
		return nil, placed, false
	}
	perDay := (to - from) / (last.Sub(first).Hours() / 24)
	days := 1.1*float64(familyOf(device[1]).black)/perDay - 7 // a tenth was left in the one before
	return device, at.Add(-time.Duration((days + 3) * 24 * float64(time.Hour))), true
}

// orderTimes are picked_at to tracking_number of an order placed so long ago.
func orderTimes(state string, placed time.Time, ago time.Duration) []string {
	step := min(ago/4, 20*time.Hour)
	cells := make([]string, 7)
	switch state {
	case "cancelled":
		cells[3], cells[4] = moment(placed.Add(step/2)), "Bestilt to ganger"
	case "delivered":
		cells[2] = moment(placed.Add(3 * step))
		fallthrough
	case "shipped":
		cells[1], cells[5], cells[6] = moment(placed.Add(2*step)), "Eksempelpost", "DEMO"+placed.UTC().Format("0601021504")
		fallthrough
	case "picked":
		cells[0] = moment(placed.Add(step))
	}
	return cells
}

// lines order a black toner, and now and then another.
func lines(f family, draw *rand.Rand) string {
	type line struct {
		Supply   string `json:"supply"`
		Quantity int    `json:"quantity"`
	}
	wanted := []line{{f.toner("black"), 1 + draw.IntN(2)}}
	if f.colours > 0 && draw.IntN(2) == 0 {
		wanted = append(wanted, line{f.toner([]string{"cyan", "magenta", "yellow"}[draw.IntN(3)]), 1})
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return string(text)
}

// addressOf is line1 to country of a site.
func addressOf(files map[transfer.Kind]rows, account, site string) []string {
	for _, s := range files[transfer.Sites] {
		if s[0] == account && s[1] == site {
			return s[3:9:9]
		}
	}
	panic("demo: account " + account + " has no site " + site)
}

func accountNameOf(files map[transfer.Kind]rows, number string) string {
	for _, a := range files[transfer.Accounts] {
		if a[0] == number {
			return a[1]
		}
	}
	panic("demo: no account " + number)
}

func personName(files map[transfer.Kind]rows, userID string) string {
	for _, p := range files[transfer.People] {
		if p[0] == userID {
			return strings.TrimSpace(p[4] + " " + p[5])
		}
	}
	panic("demo: no person " + userID)
}
