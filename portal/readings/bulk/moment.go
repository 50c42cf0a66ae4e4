package bulk

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"utsendt/internal/fault"
)

// moment is a day, and perhaps a time of it, by the clock on the wall of a place that is not known yet.
type moment struct {
	year                int
	month               time.Month
	day, hour, min, sec int
}

// in gives the time in a place. What the clocks there skip in spring is moved on by as much.
func (m moment) in(place *time.Location) time.Time {
	return time.Date(m.year, m.month, m.day, m.hour, m.min, m.sec, 0, place)
}

func momentOf(t time.Time) moment {
	return moment{t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second()}
}

var (
	dates = []string{time.DateOnly, "2.1.2006", "2006.1.2", "2. 1. 2006", "20060102"}
	times = []string{"15:04", "15:04:05", "15.04", "15.04.05"}
)

// parseMoment reads a date cell, which may hold a time as well, and a time cell, which may be empty. number tells that cells
// may be a spreadsheet's numbers of days, counted from 1904 or not. Errors are faults that name the column: "not_a_date",
// "not_a_time".
func parseMoment(date, clock string, number, from1904 bool) (moment, error) {
	notDate := fault.NewInvalid(colDate, "not_a_date", "This is no date; 2026-01-31 or 31.01.2026 is expected.")
	date, clock = strings.TrimSpace(date), strings.TrimSpace(clock)
	var m moment
	if serial, err := strconv.ParseFloat(date, 64); number && err == nil {
		if !(serial >= 1 && serial < 200_000) {
			return m, notDate
		}
		t, err := excelize.ExcelDateToTime(serial, from1904)
		if err != nil || t.Year() < 1900 || t.Year() > 2199 {
			return m, notDate
		}
		m = momentOf(t.Round(time.Second))
	} else {
		day, rest := date, ""
		if at := strings.IndexAny(date, "T"); at > 0 {
			day, rest = date[:at], date[at+1:]
		} else if at := strings.LastIndexByte(date, ' '); at > 0 && strings.ContainsAny(date[at:], ":") {
			day, rest = date[:at], date[at+1:]
		}
		t, ok := first(dates, strings.TrimSpace(day))
		if !ok || t.Year() < 1900 || t.Year() > 2199 {
			return m, notDate
		}
		m = momentOf(t)
		if rest != "" {
			if err := m.setClock(rest, false); err != nil {
				return m, notDate
			}
		}
	}
	if clock != "" {
		if err := m.setClock(clock, number); err != nil {
			return m, err
		}
	}
	return m, nil
}

func (m *moment) setClock(clock string, number bool) error {
	if part, err := strconv.ParseFloat(clock, 64); number && err == nil && part >= 0 && part < 1 {
		seconds := int(math.Round(part * 24 * 60 * 60))
		m.hour, m.min, m.sec = min(seconds/3600, 23), seconds/60%60, seconds%60
		return nil
	}
	t, ok := first(times, clock)
	if !ok {
		return fault.NewInvalid(colTime, "not_a_time", "This is no time of day; 08:00 is expected.")
	}
	m.hour, m.min, m.sec = t.Hour(), t.Minute(), t.Second()
	return nil
}

func first(layouts []string, text string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
