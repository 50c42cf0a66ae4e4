package workdays

import (
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/za"
)

// calendars holds the country calendars there are, by ISO 3166-1 alpha-2. They are only read, and do not cache, so any
// number of goroutines may ask.
var calendars = map[string]*cal.BusinessCalendar{
	"AT": calendar(at.Holidays), "BE": calendar(be.Holidays), "CH": calendar(ch.Holidays), "DE": calendar(de.Holidays),
	"DK": calendar(dk.Holidays), "ES": calendar(es.Holidays), "FR": calendar(fr.Holidays), "GB": calendar(gb.Holidays),
	"IE": calendar(ie.Holidays), "IT": calendar(it.Holidays), "NL": calendar(nl.Holidays), "NO": calendar(no.Holidays),
	"PL": calendar(pl.Holidays), "SE": calendar(se.Holidays), "ZA": calendar(za.Holidays),
}

// weekends is for countries without a calendar.
var weekends = calendar(nil)

func calendar(holidays []*cal.Holiday) *cal.BusinessCalendar {
	c := cal.NewBusinessCalendar()
	c.AddHoliday(holidays...)
	return c
}

func calendarOf(country string) *cal.BusinessCalendar {
	if c, ok := calendars[country]; ok {
		return c
	}
	return weekends
}
