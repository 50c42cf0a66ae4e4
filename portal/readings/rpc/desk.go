package rpc

import (
	"context"

	"github.com/google/uuid"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// Desk is ReadingDeskService.
type Desk struct {
	meters *readings.Service
}

var _ backofficev1connect.ReadingDeskServiceHandler = (*Desk)(nil)

// NewDesk serves staff.
func NewDesk(meters *readings.Service) *Desk { return &Desk{meters: meters} }

// EnterReadings takes readings in on behalf of customers.
func (d *Desk) EnterReadings(ctx context.Context, req *backofficev1.EnterReadingsRequest) (*backofficev1.EnterReadingsResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	entries, err := entriesOf(req.Entries)
	if err != nil {
		return nil, err
	}
	var account uuid.UUID
	if req.AccountId != "" {
		if account, err = dispatchrpc.ID("account_id", req.AccountId); err != nil {
			return nil, err
		}
	}
	all, err := d.meters.EnterForCustomer(ctx, identity.Caller(ctx), op, account, entries)
	if err != nil {
		return nil, err
	}
	return &backofficev1.EnterReadingsResponse{Results: results(ctx, all)}, nil
}

// CorrectReading corrects a reading.
func (d *Desk) CorrectReading(ctx context.Context, req *backofficev1.CorrectReadingRequest) (*backofficev1.CorrectReadingResponse, error) {
	at, err := dispatchrpc.TimeOf("taken_at", req.TakenAt)
	if err != nil {
		return nil, err
	}
	r, err := correct(ctx, d.meters, req, at)
	if err != nil {
		return nil, err
	}
	return &backofficev1.CorrectReadingResponse{Result: r}, nil
}

// ListReadings lists a device's readings.
func (d *Desk) ListReadings(ctx context.Context, req *backofficev1.ListReadingsRequest) (*backofficev1.ListReadingsResponse, error) {
	device, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	all, next, err := d.meters.History(ctx, identity.Caller(ctx), device, readings.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	return &backofficev1.ListReadingsResponse{Readings: history(ctx, all), NextPageToken: next}, nil
}

// ListCountries tells what is on where.
func (d *Desk) ListCountries(ctx context.Context, _ *backofficev1.ListCountriesRequest) (*backofficev1.ListCountriesResponse, error) {
	all, err := d.meters.Countries(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	res := &backofficev1.ListCountriesResponse{}
	for _, c := range all {
		res.Countries = append(res.Countries, country(c))
	}
	return res, nil
}

// SetCountry turns things on or off.
func (d *Desk) SetCountry(ctx context.Context, req *backofficev1.SetCountryRequest) (*backofficev1.SetCountryResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	set, err := d.meters.SetCountry(ctx, identity.Caller(ctx), op, readings.CountrySetting{Country: req.Country, BulkReadings: req.BulkReadings})
	if err != nil {
		return nil, err
	}
	return &backofficev1.SetCountryResponse{Country: country(set)}, nil
}

func country(c readings.CountrySetting) *backofficev1.CountrySetting {
	return &backofficev1.CountrySetting{Country: c.Country, BulkReadings: c.BulkReadings}
}
