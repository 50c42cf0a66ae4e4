package rpc

import (
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/rpc"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"

	"utsendt/portal/supplies"
	"utsendt/portal/supplies/forecast"
	"utsendt/portal/support"
)

var kinds = map[supplies.Kind]portalv1.SupplyKind{
	supplies.Toner:      portalv1.SupplyKind_SUPPLY_KIND_TONER,
	supplies.Drum:       portalv1.SupplyKind_SUPPLY_KIND_DRUM,
	supplies.WasteToner: portalv1.SupplyKind_SUPPLY_KIND_WASTE_TONER,
	supplies.Staples:    portalv1.SupplyKind_SUPPLY_KIND_STAPLES,
	supplies.Fuser:      portalv1.SupplyKind_SUPPLY_KIND_FUSER,
	supplies.Other:      portalv1.SupplyKind_SUPPLY_KIND_OTHER,
}

var colours = map[supplies.Colour]portalv1.SupplyColour{
	supplies.NoColour: portalv1.SupplyColour_SUPPLY_COLOUR_UNSPECIFIED,
	supplies.Black:    portalv1.SupplyColour_SUPPLY_COLOUR_BLACK,
	supplies.Cyan:     portalv1.SupplyColour_SUPPLY_COLOUR_CYAN,
	supplies.Magenta:  portalv1.SupplyColour_SUPPLY_COLOUR_MAGENTA,
	supplies.Yellow:   portalv1.SupplyColour_SUPPLY_COLOUR_YELLOW,
}

var states = map[supplies.State]portalv1.OrderState{
	supplies.Placed:    portalv1.OrderState_ORDER_STATE_PLACED,
	supplies.Picked:    portalv1.OrderState_ORDER_STATE_PICKED,
	supplies.Shipped:   portalv1.OrderState_ORDER_STATE_SHIPPED,
	supplies.Delivered: portalv1.OrderState_ORDER_STATE_DELIVERED,
	supplies.Cancelled: portalv1.OrderState_ORDER_STATE_CANCELLED,
}

var statuses = map[forecast.Status]portalv1.ForecastStatus{
	forecast.Unknown:  portalv1.ForecastStatus_FORECAST_STATUS_UNKNOWN,
	forecast.Expected: portalv1.ForecastStatus_FORECAST_STATUS_EXPECTED,
	forecast.Overdue:  portalv1.ForecastStatus_FORECAST_STATUS_OVERDUE,
	forecast.Distant:  portalv1.ForecastStatus_FORECAST_STATUS_DISTANT,
}

var confidences = map[forecast.Confidence]portalv1.ForecastConfidence{
	forecast.Low:    portalv1.ForecastConfidence_FORECAST_CONFIDENCE_LOW,
	forecast.Medium: portalv1.ForecastConfidence_FORECAST_CONFIDENCE_MEDIUM,
	forecast.High:   portalv1.ForecastConfidence_FORECAST_CONFIDENCE_HIGH,
}

func statesOf(asked []portalv1.OrderState) []supplies.State {
	var out []supplies.State
	for _, s := range supplies.States {
		if slices.Contains(asked, states[s]) {
			out = append(out, s)
		}
	}
	return out
}

func address(a supplies.Address) *portalv1.DeliveryAddress {
	return &portalv1.DeliveryAddress{
		Name: a.Name, Line1: a.Line1, Line2: a.Line2, Line3: a.Line3, PostalCode: a.PostalCode, City: a.City, Country: a.Country,
	}
}

func contactOf(c *portalv1.OrderContact) supplies.Contact {
	return supplies.Contact{Name: c.GetName(), Phone: c.GetPhone(), Email: c.GetEmail()}
}

func supportOf(country string) *portalv1.OrderSupport {
	c, known := support.Of(country)
	if !known {
		return &portalv1.OrderSupport{}
	}
	return &portalv1.OrderSupport{Phone: c.Phone, Email: c.Email}
}

func offer(o supplies.Offer, language string) *portalv1.Supply {
	out := &portalv1.Supply{
		Id: o.ID.String(), Number: o.Number, Name: o.Name(language), Kind: kinds[o.Kind], Colour: colours[o.Colour],
		MaxQuantity: supplies.MaxQuantity, OpenOrders: openOrders(o.Open),
	}
	if o.Yield != nil {
		out.YieldPages = new(int32(*o.Yield))
	}
	if o.Last != nil {
		out.LastOrdered = &portalv1.LastOrdered{
			OrderNumber: o.Last.Number, Quantity: int32(o.Last.Quantity), PlacedAt: timestamppb.New(o.Last.PlacedAt), State: states[o.Last.State],
		}
	}
	return out
}

func openOrder(o supplies.OpenOrder) *portalv1.OpenOrder {
	return &portalv1.OpenOrder{
		OrderId: o.OrderID.String(), OrderNumber: o.Number, Quantity: int32(o.Quantity), PlacedAt: timestamppb.New(o.PlacedAt),
		State: states[o.State], SupplyId: o.SupplyID.String(),
	}
}

func openOrders(all []supplies.OpenOrder) []*portalv1.OpenOrder {
	var out []*portalv1.OpenOrder
	for _, o := range all {
		out = append(out, openOrder(o))
	}
	return out
}

func order(o *supplies.Order, language string, carriers supplies.Carriers) *portalv1.Order {
	out := &portalv1.Order{
		Id: o.ID.String(), Number: o.Number, State: states[o.State], Version: o.Version, DeviceId: o.DeviceID.String(),
		SerialNumber: o.SerialNumber, Model: o.Model, FriendlyName: o.FriendlyName, DeliveryAddress: address(o.Address),
		Contact:  &portalv1.OrderContact{Name: o.Contact.Name, Phone: o.Contact.Phone, Email: o.Contact.Email},
		PlacedAt: timestamppb.New(o.PlacedAt), PickedAt: dispatchrpc.Time(o.PickedAt), ShippedAt: dispatchrpc.Time(o.ShippedAt),
		DeliveredAt: dispatchrpc.Time(o.DeliveredAt), CancelledAt: dispatchrpc.Time(o.CancelledAt), CancelReason: o.CancelReason,
		Carrier: o.Carrier, TrackingNumber: o.TrackingNumber, TrackingUrl: carriers.Link(o.Carrier, o.TrackingNumber),
	}
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, &portalv1.OrderLine{
			SupplyId: l.SupplyID.String(), SupplyNumber: l.SupplyNumber, Name: l.Name(language), Quantity: int32(l.Quantity),
		})
	}
	return out
}

// order shows what staff see.
func (h *Staff) order(ctx context.Context, o *supplies.Order) *backofficev1.Order {
	out := &backofficev1.Order{
		Order: order(o, rpc.Language(ctx), h.supplies.Carriers()), AccountId: o.AccountID.String(), AccountNumber: o.AccountNumber,
		AccountName: o.AccountName, ContractNumber: o.ContractNumber, OrderedByName: o.OrderedByName, OnBehalf: o.OnBehalf,
		UpdatedAt: timestamppb.New(o.UpdatedAt),
	}
	for _, e := range supplies.Allowed(o.State) {
		out.AllowedSteps = append(out.AllowedSteps, string(e))
	}
	return out
}

func forecasts(all []supplies.TonerForecast, language string) []*portalv1.TonerForecast {
	var out []*portalv1.TonerForecast
	for i := range all {
		f := &all[i]
		p := &portalv1.TonerForecast{
			DeviceId: f.Device.ID.String(), SerialNumber: f.Device.SerialNumber, FriendlyName: f.Device.FriendlyName,
			Colour: colours[f.Colour], Status: statuses[f.Status], UnknownReason: f.Reason, RunsOutAt: dispatchrpc.Time(&f.RunsOut),
			Earliest: dispatchrpc.Time(&f.Earliest), Latest: dispatchrpc.Time(&f.Latest), PagesLeft: f.PagesLeft,
			Confidence: confidences[f.Confidence], SupplyId: f.Supply.ID.String(), SupplyNumber: f.Supply.Number,
			SupplyName: f.Supply.Name(language), OrderNow: f.OrderNow,
		}
		for _, s := range f.Steps {
			p.Steps = append(p.Steps, &portalv1.ForecastStep{Key: s.Key, Params: s.Params})
		}
		if f.Open != nil {
			p.OpenOrder = openOrder(*f.Open)
		}
		out = append(out, p)
	}
	return out
}
