package router

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/paulmach/orb"
)

// valhalla speaks the time-distance matrix of Valhalla's HTTP API, in its verbose form.
type valhalla struct {
	base    *url.URL
	costing string
}

type valhallaPlace struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

func (v valhalla) request(ctx context.Context, from []orb.Point, to orb.Point) (*http.Request, error) {
	question := struct {
		Sources []valhallaPlace `json:"sources"`
		Targets []valhallaPlace `json:"targets"`
		Costing string          `json:"costing"`
		Units   string          `json:"units"`
		Verbose bool            `json:"verbose"`
	}{
		Targets: []valhallaPlace{{Lat: to.Lat(), Lon: to.Lon()}},
		Costing: v.costing, Units: "kilometers", Verbose: true,
	}
	for _, p := range from {
		question.Sources = append(question.Sources, valhallaPlace{Lat: p.Lat(), Lon: p.Lon()})
	}
	body, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base.JoinPath("sources_to_targets").String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	return request, nil
}

func (valhalla) parse(body []byte, n int) ([]journey, error) {
	var answer struct {
		Units string `json:"units"`
		Rows  [][]struct {
			Time     *float64 `json:"time"`     // seconds, null without a way
			Distance *float64 `json:"distance"` // in Units
			From     *int     `json:"from_index"`
		} `json:"sources_to_targets"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	metresPerUnit, known := map[string]float64{"": 1000, "kilometers": 1000, "km": 1000, "miles": 1609.344, "mi": 1609.344}[answer.Units]
	if !known {
		return nil, fmt.Errorf("unknown unit %q", answer.Units)
	}
	if len(answer.Rows) != n {
		return nil, fmt.Errorf("%d rows for %d journeys", len(answer.Rows), n)
	}
	journeys := make([]journey, n)
	for i, row := range answer.Rows {
		if len(row) != 1 {
			return nil, fmt.Errorf("row %d has %d targets instead of one", i, len(row))
		}
		if row[0].From != nil && *row[0].From != i {
			return nil, fmt.Errorf("row %d is about source %d", i, *row[0].From)
		}
		journeys[i] = journeyOf(row[0].Time, row[0].Distance, metresPerUnit)
	}
	return journeys, nil
}
