package demo

import (
	"encoding/json"
	"math/rand/v2"
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
	mine := 0
	for _, d := range files[transfer.Devices] {
		serial, model, account, site, contract, name := d[0], d[1], d[2], d[3], d[4], d[5]
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
		order := []string{
			checkdigit.Number("SO-", int64(firstOrder+len(all))), account, serial, model, name, contract, customerOf(account), accountNameOf(files, account),
		}
		order = append(order, addressOf(files, account, site)...)
		order = append(order, personName(files, customerOf(account)), "", customerOf(account)+"@example.com", lines(familyOf(model), draw), state, moment(placed))
		order = append(order, orderTimes(state, placed, ago)...)
		all = append(all, order)
	}
	return all
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
