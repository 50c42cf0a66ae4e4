package dispatch

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Shifts are on the clock on the wall, also where that is put forward or back.
func TestShiftOnTheWallClock(t *testing.T) {
	t.Parallel()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, start, end, at, from, until string
		hours                             float64
	}{
		{"an ordinary day", "08:00:00", "16:00:00", "2026-03-02 10:00", "2026-03-02 08:00", "2026-03-02 16:00", 8},
		{"before it", "08:00:00", "16:00:00", "2026-03-02 07:59", "2026-03-02 08:00", "2026-03-02 16:00", 8},
		{"at its end it is over", "08:00:00", "16:00:00", "2026-03-02 16:00", "2026-03-03 08:00", "2026-03-03 16:00", 8},
		{"the evening before the clocks go forward", "08:00:00", "16:00:00", "2026-03-28 20:00", "2026-03-29 08:00", "2026-03-29 16:00", 8},
		{"the night the clocks go forward", "22:00:00", "06:00:00", "2026-03-29 03:30", "2026-03-28 22:00", "2026-03-29 06:00", 7},
		{"the night the clocks go back", "22:00:00", "06:00:00", "2026-10-25 04:00", "2026-10-24 22:00", "2026-10-25 06:00", 9},
		{"the morning after", "08:00:00", "16:00:00", "2026-10-25 09:00", "2026-10-25 08:00", "2026-10-25 16:00", 8},
		{"the whole day the clocks go forward", "00:00:00", "00:00:00", "2026-03-29 12:00", "2026-03-29 00:00", "2026-03-30 00:00", 23},
		{"until midnight", "16:00:00", "24:00:00", "2026-03-02 23:59", "2026-03-02 16:00", "2026-03-03 00:00", 8},
		{"past midnight, after midnight", "18:30:00", "02:15:00", "2026-03-03 01:00", "2026-03-02 18:30", "2026-03-03 02:15", 7.75},
	} {
		tech := Technician{ShiftStart: c.start, ShiftEnd: c.end, TimeZone: "Europe/Oslo"}
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, oslo)
		if err != nil {
			t.Fatal(err)
		}
		s := tech.Shift(at)
		from, until := s.Start.In(oslo).Format("2006-01-02 15:04"), s.End.In(oslo).Format("2006-01-02 15:04")
		if from != c.from || until != c.until || s.End.Sub(s.Start).Hours() != c.hours {
			t.Errorf("%s: %s to %s, %v; want %s to %s, %v h", c.name, from, until, s.End.Sub(s.Start), c.from, c.until, c.hours)
		}
	}
	if s := (&Technician{TimeZone: "Nowhere/At_All", ShiftStart: "08:00:00", ShiftEnd: "09:00:00"}).Shift(planNow); s.Start.Hour() != 9 && s.Start.Hour() != 8 {
		t.Errorf("%v", s)
	}
	rapid.Check(t, func(t *rapid.T) {
		clock := func(label string) string {
			return time.Time{}.Add(time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, label)) * time.Minute).Format(time.TimeOnly)
		}
		tech := Technician{ShiftStart: clock("start"), ShiftEnd: clock("end"), TimeZone: rapid.SampledFrom([]string{
			"Europe/Oslo", "UTC", "Pacific/Chatham", "America/St_Johns", "Australia/Lord_Howe",
		}).Draw(t, "zone")}
		at := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "at"), 0)
		s := tech.Shift(at)
		if !s.End.After(at) || s.End.Sub(s.Start) > 25*time.Hour || s.Start.Sub(at) > 25*time.Hour {
			t.Fatalf("%+v at %v: %v", tech, at, s)
		}
	})
}

func TestTechnicianSuits(t *testing.T) {
	t.Parallel()
	tech := Technician{Skills: []string{"a3", "laser"}, Territory: []string{"01", "025"}, VanStock: map[string]int{"FUSER": 1, "ROLLER": 0}}
	if l := tech.Lacking([]string{"laser", "ink", "a3"}); !slices.Equal(l, []string{"ink"}) {
		t.Errorf("lacks %v", l)
	}
	if m := tech.Missing([]string{"FUSER", "ROLLER", "BELT"}); !slices.Equal(m, []string{"ROLLER", "BELT"}) {
		t.Errorf("misses %v", m)
	}
	for code, want := range map[string]bool{"0155": true, "0255": true, "0266": false, "": false} {
		if tech.Covers(code) != want {
			t.Errorf("%q: %v", code, !want)
		}
	}
	if !(&Technician{}).Covers("9999") || !(&Technician{}).Covers("") {
		t.Error("no territory is not everywhere")
	}
}
