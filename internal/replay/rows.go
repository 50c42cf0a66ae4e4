package replay

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"utsendt/geo"
)

// row is one request of the file.
type row struct {
	// line is where it stands in the file.
	line   int
	id     string
	opened time.Time
	// target is nil where the file promises nothing.
	target     *time.Time
	point      orb.Point
	postalCode string
	kind       string
}

// Why a row is refused.
const (
	refusedShape       = "cannot be read as CSV"
	refusedOpened      = "opened is no time"
	refusedTarget      = "target is no time"
	refusedClosed      = "closed is no time"
	refusedTargetEarly = "target before opened"
	refusedClosedEarly = "closed before opened"
	refusedNoPosition  = "no position"
	refusedPosition    = "position is not on the globe"
	refusedDefault     = "default point: not geocoded"
	refusedType        = "no type"
)

// input is what a file held.
type input struct {
	read     int
	rows     []row
	refused  map[string]int
	gaps     int
	overlaps int
	// defaultPoint is the point that stands in the file for "unknown"; nil when there is none.
	defaultPoint *orb.Point
	defaultRows  int
}

// columns are the names that a column may have, in lower case.
var columns = map[string][]string{
	"opened":      {"opened", "open_dt"},
	"target":      {"target", "target_dt"},
	"closed":      {"closed", "closed_dt"},
	"latitude":    {"latitude", "lat"},
	"longitude":   {"longitude", "lon", "lng"},
	"type":        {"type"},
	"id":          {"id", "case_enquiry_id"},
	"postal_code": {"postal_code", "location_zipcode"},
}

var required = []string{"opened", "target", "latitude", "longitude", "type"}

// readFile reads the first limit rows of a CSV file, gzipped or not.
func readFile(ctx context.Context, path string, zone *time.Location, limit int) (*input, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	buffered := bufio.NewReaderSize(file, 1<<16)
	var r io.Reader = buffered
	if magic, err := buffered.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		r = unzipped
	}
	in, err := readRows(ctx, r, zone, limit)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return in, nil
}

func readRows(ctx context.Context, r io.Reader, zone *time.Location, limit int) (*input, error) {
	reader := csv.NewReader(r)
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	at, err := locate(header)
	if err != nil {
		return nil, err
	}
	in := &input{refused: map[string]int{}}
	for in.read < limit {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var malformed *csv.ParseError
		if errors.As(err, &malformed) {
			in.read++
			in.refused[refusedShape]++
			continue
		}
		if err != nil {
			return nil, err
		}
		in.read++
		line, _ := reader.FieldPos(0)
		cell := func(name string) string {
			if i, ok := at[name]; ok && i < len(record) {
				return strings.TrimSpace(record[i])
			}
			return ""
		}
		r, why := in.judge(cell, zone)
		if why != "" {
			in.refused[why]++
			continue
		}
		r.line = line
		in.rows = append(in.rows, r)
	}
	in.dropDefault()
	slices.SortStableFunc(in.rows, func(a, b row) int { return a.opened.Compare(b.opened) })
	return in, nil
}

// locate finds the columns in the header.
func locate(header []string) (map[string]int, error) {
	at := make(map[string]int)
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		for column, names := range columns {
			if _, taken := at[column]; !taken && slices.Contains(names, name) {
				at[column] = i
			}
		}
	}
	for _, column := range required {
		if _, ok := at[column]; !ok {
			return nil, fmt.Errorf("the header has no column %s", strings.Join(columns[column], " or "))
		}
	}
	return at, nil
}

// judge reads one row, or says why not.
func (in *input) judge(cell func(string) string, zone *time.Location) (r row, why string) {
	var err error
	opened, how, err := readTime(cell("opened"), zone)
	if err != nil {
		return r, refusedOpened
	}
	r.opened = opened
	hows := []shift{how}
	if text := cell("target"); text != "" {
		target, how, err := readTime(text, zone)
		if err != nil {
			return r, refusedTarget
		}
		if target.Before(opened) {
			return r, refusedTargetEarly
		}
		r.target = &target
		hows = append(hows, how)
	}
	if text := cell("closed"); text != "" {
		closed, how, err := readTime(text, zone)
		if err != nil {
			return r, refusedClosed
		}
		if closed.Before(opened) {
			return r, refusedClosedEarly
		}
		hows = append(hows, how)
	}
	lat, lon := cell("latitude"), cell("longitude")
	if lat == "" || lon == "" {
		return r, refusedNoPosition
	}
	y, errY := strconv.ParseFloat(lat, 64)
	x, errX := strconv.ParseFloat(lon, 64)
	r.point = orb.Point{x, y}
	if errY != nil || errX != nil || geo.ValidPoint(r.point) != nil {
		return r, refusedPosition
	}
	if x == 0 && y == 0 {
		return r, refusedNoPosition
	}
	if r.kind = cell("type"); r.kind == "" {
		return r, refusedType
	}
	r.id, r.postalCode = cell("id"), cell("postal_code")
	for _, how := range hows {
		switch how {
		case gap:
			in.gaps++
		case overlap:
			in.overlaps++
		}
	}
	return r, ""
}

// A point that stands for "unknown" has this share of all rows at least, and this many.
const (
	defaultShare = 0.03
	defaultLeast = 10
)

// dropDefault finds the point that so many rows share that it can be no address, and refuses them.
func (in *input) dropDefault() {
	count := make(map[orb.Point]int)
	var most orb.Point
	for _, r := range in.rows {
		count[r.point]++
		if count[r.point] > count[most] {
			most = r.point
		}
	}
	n := count[most]
	if n < defaultLeast || float64(n) < defaultShare*float64(len(in.rows)) {
		return
	}
	in.defaultPoint, in.defaultRows = &most, n
	in.refused[refusedDefault] = n
	in.rows = slices.DeleteFunc(in.rows, func(r row) bool { return r.point == most })
}
