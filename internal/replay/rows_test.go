package replay

import (
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func oslo(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestRowsAreRefusedForTheirReasons(t *testing.T) {
	t.Parallel()
	in, err := readFile(t.Context(), "testdata/requests.csv", oslo(t), 1000)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		refusedOpened: 2, refusedTarget: 1, refusedTargetEarly: 1, refusedClosed: 1, refusedClosedEarly: 1,
		refusedNoPosition: 3, refusedPosition: 2, refusedType: 1, refusedShape: 1, refusedDefault: 12,
	}
	if !maps.Equal(in.refused, want) {
		t.Errorf("refused %v, want %v", in.refused, want)
	}
	if in.read != 52 || len(in.rows) != 27 || in.gaps != 1 || in.overlaps != 1 {
		t.Errorf("%d read, %d taken, %d gaps, %d overlaps", in.read, len(in.rows), in.gaps, in.overlaps)
	}
	if s := in.summary(); s.DefaultPoint != "59.9139, 10.7522" || s.DefaultRows != 12 {
		t.Errorf("default point %q in %d rows", s.DefaultPoint, s.DefaultRows)
	}
	for i, r := range in.rows {
		if i > 0 && r.opened.Before(in.rows[i-1].opened) {
			t.Errorf("line %d comes before line %d", in.rows[i-1].line, r.line)
		}
		if want := map[string]string{
			"E-gap": "2024-03-31T01:30:00Z", "E-overlap": "2024-10-27T00:30:00Z", "E-offset": "2024-10-26T23:30:00Z",
		}[r.id]; want != "" && r.opened.Format(time.RFC3339) != want {
			t.Errorf("%s opened at %s, want %s", r.id, r.opened.Format(time.RFC3339), want)
		}
	}
}

func TestHeaderNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := readRows(t.Context(), strings.NewReader("open_dt,target_dt,lat,lon\n"), time.UTC, 10)
	if err == nil || !strings.Contains(err.Error(), "type") {
		t.Errorf("got %v", err)
	}
	if _, err := readRows(t.Context(), strings.NewReader(""), time.UTC, 10); err == nil {
		t.Error("an empty file was read")
	}
}

// TestOnWall: what the clocks show at the instant is what stood in the file, except in the gap, where it is later by
// the width of the gap; and in the overlap there is no earlier instant.
func TestOnWall(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		wall := time.Date(2015, 1, 1, 0, 0, rapid.IntRange(0, 2*365*24*3600).Draw(t, "second"), 0, time.UTC)
		at, how := onWall(wall, zone)
		shown := at.In(zone).Format(time.DateTime)
		switch how {
		case gap:
			if shown <= wall.Format(time.DateTime) {
				t.Fatalf("gap: %s shows %s", wall.Format(time.DateTime), shown)
			}
		case overlap:
			twice := false
			for _, d := range []time.Duration{30 * time.Minute, time.Hour} {
				twice = twice || at.Add(d).In(zone).Format(time.DateTime) == shown
			}
			if !twice {
				t.Fatalf("%s in %s comes once", shown, zone)
			}
			fallthrough
		default:
			if shown != wall.Format(time.DateTime) {
				t.Fatalf("%s shows %s", wall.Format(time.DateTime), shown)
			}
		}
	})
}

func FuzzReadRows(f *testing.F) {
	f.Add("opened,target,latitude,longitude,type\n2024-01-01T00:00:00,,1,2,x\n")
	f.Add("opened,target,latitude,longitude,type\n\"2024")
	f.Fuzz(func(t *testing.T, text string) {
		in, err := readRows(t.Context(), strings.NewReader(text), time.UTC, 100)
		if err != nil {
			return
		}
		refused := 0
		for _, n := range in.refused {
			refused += n
		}
		if in.read != refused+len(in.rows) {
			t.Fatalf("%d read, %d refused, %d taken", in.read, refused, len(in.rows))
		}
	})
}
