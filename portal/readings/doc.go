// Package readings keeps the meter readings of devices: takes them in, holds implausible ones back until somebody confirms
// them, and tells from them how much was printed.
//
//	meters := readings.New(db)
//	results, err := meters.Submit(ctx, actor, operation, []readings.Entry{{
//		DeviceID: id, TakenAt: now, Counters: readings.Counters{"black": 120034, "colour": 5501},
//	}})
//	usage, err := meters.Usage(ctx, actor, readings.Scope{DeviceID: id}, readings.MonthOf(2026, time.January), 12)
//
// A reading has a value for every counter of the device's model at one time. What is wrong with one is of two sorts
// (plausible.go has all of it):
//
//   - refused outright: in the future, before the year 2000, a counter the model does not have, one that is missing, a
//     value that no counter can show, another reading at the very same time;
//   - doubtful, and taken once somebody gives a reason: lower than before (the counter was replaced), higher than a later
//     reading, more pages than the device can print in the time, many times what is usual.
//
// Guarantees:
//
//   - Of many readings in one call the good ones are kept and each of the others is told its own problems.
//   - The same reading again (device, time and values) is the same reading. Other values at the same time are
//     refused: the reading that is there is to be corrected.
//   - Nothing is ever overwritten: a correction stands beside what it corrects, with its reason.
//   - Two people at once on one device: one after the other, and the second is judged by what the first entered. The
//     device's row is locked, in the order of ids.
//   - A customer reaches the devices they follow alone; anybody else's is NotFound.
//
// Where to start: plausible.go (what is right), enter.go (the one way in), usage.go (pages a month). Package bulk below reads
// files, package reminder asks for what is due.
package readings
