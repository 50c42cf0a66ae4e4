// Package reminder asks people for the readings that are due.
//
//	reminders := reminder.New(reminder.Config{DB: db, Notifier: notifications, Keys: keys, BaseURL: baseURL})
//	notifications.RegisterSecret(notify.ReadingDue, reminders.Link)
//	notifications.RegisterSecret(notify.ReadingOverdue, reminders.Link)
//	river.AddWorker(workers, reminders.Worker())       // and reminder.Hourly() among the periodic jobs
//
// A contract asks for a reading at the end of each of its periods (package readings, due.go). At 08:00 on the first working
// day of the new period, by the clock and calendar of where the devices stand, everybody who follows such devices with
// reminders on and has not sent a reading in the period's last week gets one message for all of them. Five working days later
// there is another for those still missing, which goes to the backup addresses as well.
//
// Guarantees:
//
//   - Each reminder is made once, however many servers run, whatever is killed and started again: it is claimed in the table
//     reading_reminders (person, period, kind, place) in the transaction that queues its messages.
//   - People are taken some at a time, each lot in a short transaction of its own. Who is due is found before it, without
//     locks; lots shrink when a transaction takes long, so that locks are held for some tens of milliseconds.
//   - What was missed while no server ran is made up for until the next reminder is due.
//   - The link in the mail is signed and expires; it opens the page with the right devices, and only for whoever it was
//     sent to, who must sign in as always.
package reminder
