// Package workdays counts working days by the calendar of a country: Monday to Friday without the public holidays of the
// whole country.
//
//	answerBy := workdays.AddWorkdays("NO", "Europe/Oslo", now, 2)
//
// A day is one by the clock on the wall in the given time zone, so that a change to summer time in between moves nothing.
// What counts as a holiday of the whole country is as the calendars used (github.com/rickar/cal) list it. Finland, Hungary, Luxembourg, Portugal and Turkey are not in
// them, nor are countries that are not served: there only weekends are off.
package workdays
