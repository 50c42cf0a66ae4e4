package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// osrm speaks the table service of OSRM's HTTP API, version 1.
type osrm struct {
	base    *url.URL
	profile string
}

// request puts the destination last among the coordinates.
func (o osrm) request(ctx context.Context, from []orb.Point, to orb.Point) (*http.Request, error) {
	coordinates := make([]string, 0, len(from)+1)
	sources := make([]string, 0, len(from))
	for i, p := range from {
		coordinates = append(coordinates, coordinate(p))
		sources = append(sources, strconv.Itoa(i))
	}
	coordinates = append(coordinates, coordinate(to))
	address := o.base.JoinPath("table", "v1", o.profile, strings.Join(coordinates, ";"))
	// Not url.Values: OSRM wants its semicolons as they are.
	address.RawQuery = "sources=" + strings.Join(sources, ";") +
		"&destinations=" + strconv.Itoa(len(from)) + "&annotations=duration,distance"
	return http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
}

func coordinate(p orb.Point) string {
	return strconv.FormatFloat(p.Lon(), 'f', 6, 64) + "," + strconv.FormatFloat(p.Lat(), 'f', 6, 64)
}

func (osrm) parse(body []byte, n int) ([]journey, error) {
	var answer struct {
		Code      string       `json:"code"`
		Durations [][]*float64 `json:"durations"` // seconds, null without a way
		Distances [][]*float64 `json:"distances"` // metres
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	if answer.Code != "Ok" {
		return nil, fmt.Errorf("code %q", answer.Code)
	}
	if len(answer.Durations) != n || len(answer.Distances) != n {
		return nil, fmt.Errorf("%d durations and %d distances for %d journeys", len(answer.Durations), len(answer.Distances), n)
	}
	journeys := make([]journey, n)
	for i := range journeys {
		if len(answer.Durations[i]) != 1 || len(answer.Distances[i]) != 1 {
			return nil, errors.New("a row has not exactly one destination")
		}
		journeys[i] = journeyOf(answer.Durations[i][0], answer.Distances[i][0], 1)
	}
	return journeys, nil
}

// journeyOf is not ok when a value is missing, or is none that a journey can have: negative, or longer
// than a year or than twice around the globe.
func journeyOf(seconds, distance *float64, metresPerUnit float64) journey {
	if seconds == nil || distance == nil {
		return journey{}
	}
	j := journey{seconds: *seconds, metres: *distance * metresPerUnit}
	j.ok = j.seconds >= 0 && j.seconds < 365*24*3600 && j.metres >= 0 && j.metres < 8e7 && !math.IsNaN(j.metres)
	return j
}
