package demo

import (
	"strings"
	"time"
)

// customerOf is who signs in for an account.
func customerOf(account string) string { return "kunde" + strings.TrimPrefix(account, "K-10") }

// registrationRows let everybody follow the devices of their company, with reminders; some of the last wait for staff.
func registrationRows(devices rows, at time.Time) rows {
	var all rows
	asked := moment(at.AddDate(-2, 0, 0))
	for i, d := range devices {
		serial, account := d[0], d[2]
		if waits(devices, i) {
			asked, due := askedAndDue(at, 20*time.Hour)
			all = append(all, []string{customerOf(account), serial, "pending", "", "", "true", asked, due, "", "", ""})
			continue
		}
		all = append(all, []string{customerOf(account), serial, "active", "", "", "true", asked, "", "", "", ""})
	}
	return all
}

// moment writes a time as the files have it.
func moment(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
