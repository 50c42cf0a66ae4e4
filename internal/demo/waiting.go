package demo

import (
	"slices"
	"time"

	"utsendt/portal/transfer"
	"utsendt/portal/workdays"
)

// What waits for staff: registrations of the last customers' last devices, and an address change.

// waiting is how many customers, counted from the last, wait for one device each.
const waiting = 3

// waits reports whether the registration of a device waits: the account's last, of the last accounts.
func waits(devices rows, i int) bool {
	account := devices[i][2]
	for n := range waiting {
		if account == accountNumber(accountCount-n) {
			return !slices.ContainsFunc(devices[i+1:], func(d []string) bool { return d[2] == account })
		}
	}
	return false
}

// askedAndDue are when something that waits was asked for and until when it is answered.
func askedAndDue(at time.Time, ago time.Duration) (asked, due string) {
	when := at.Add(-ago)
	return moment(when), moment(workdays.AddWorkdays(country, timeZone, when, 2))
}

// addressChangeRows are one change that waits, and one that was refused.
func addressChangeRows(files map[transfer.Kind]rows, at time.Time) rows {
	change := func(account int, ago time.Duration, state string, decision ...string) []string {
		number := accountNumber(account)
		i := slices.IndexFunc(files[transfer.Devices], func(d []string) bool { return d[2] == number })
		device := files[transfer.Devices][i]
		asked, due := askedAndDue(at, ago)
		was := addressOf(files, number, device[3])
		wished := slices.Clone(was)
		wished[0], wished[1] = "Flytteveien 12", "Inngang B"
		return slices.Concat([]string{number, device[3], asked, device[0], customerOf(number), "Vi flytter til nye lokaler i samme by."},
			was, wished, []string{state, due}, decision)
	}
	return rows{
		change(5, 20*time.Hour, "pending", "", "", ""),
		change(6, 40*24*time.Hour, "refused", moment(at.Add(-39*24*time.Hour)), "sentral1", "Adressen finnes ikke. Ring oss, så finner vi ut av det."),
	}
}

// deliveryRows send the supplies of one device somewhere else than where it stands.
func deliveryRows(files map[transfer.Kind]rows) rows {
	device := files[transfer.Devices][0]
	address := slices.Clone(addressOf(files, device[2], device[3]))
	address[1], address[2] = "Varemottaket", "Port 3"
	return rows{slices.Concat([]string{device[0], accountNameOf(files, device[2])}, address)}
}
