// Package forecast tells when a toner runs out, from the device's meter readings, what was delivered and how long one
// lasts. It is a pure function: the same input gives the same output, and nothing is read or written.
//
//	f := forecast.Of(forecast.Input{Now: now, Arrival: arrival, Colour: "black", Readings: readings, Deliveries: deliveries})
//	if f.Status == forecast.Expected && f.OrderNow { … }
//
// What it assumes, and says so in the steps of its reasoning:
//
//   - A page of A3 wears as much as two of A4. The black toner wears on colour pages too; each of the other colours wears
//     on colour pages alone.
//   - A cartridge lasts as many pages as its maker says. In truth that depends on how much is on a page.
//   - What was delivered last is put in when what was there before runs out, and one cartridge is used after another: the
//     date is that of the last of them. How much was left at the last delivery is computed from the delivery before it;
//     without one it is taken for a tenth of a cartridge, as people order when the device warns.
//   - Who printed a cartridge more than was delivered has toner from elsewhere, and nothing is told.
//   - The future is like the past year: the pages between the first and the last reading of it, by days. The spread is
//     that of the months between the readings, each weighed by its length; with fewer than three of them it is taken for
//     30 percent. A busy month gives the earliest date, with nothing left at the last delivery; a quiet one the latest.
//   - A counter that fell (a board was replaced) is counted from there on.
//
// Guarantees: without two readings and a delivery it is unknown, with the reason; earliest is not after the expected
// date, and that not after latest; a date in the past is told as overdue; more pages never make the expected date later.
//
// Where to start: forecast.go; meter.go makes pages of the readings, step.go words the reasoning.
package forecast
