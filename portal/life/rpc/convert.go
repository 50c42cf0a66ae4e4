package rpc

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/portal/life"
	readingsrpc "utsendt/portal/readings/rpc"
	suppliesrpc "utsendt/portal/supplies/rpc"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

var topics = map[life.Topic]portalv1.LifeTopic{
	life.Readings:      portalv1.LifeTopic_LIFE_TOPIC_READINGS,
	life.Toner:         portalv1.LifeTopic_LIFE_TOPIC_TONER,
	life.Orders:        portalv1.LifeTopic_LIFE_TOPIC_ORDERS,
	life.Requests:      portalv1.LifeTopic_LIFE_TOPIC_REQUESTS,
	life.Visits:        portalv1.LifeTopic_LIFE_TOPIC_VISITS,
	life.Registrations: portalv1.LifeTopic_LIFE_TOPIC_REGISTRATIONS,
	life.Addresses:     portalv1.LifeTopic_LIFE_TOPIC_ADDRESSES,
	life.Device:        portalv1.LifeTopic_LIFE_TOPIC_DEVICE,
}

var events = map[life.Event]portalv1.LifeEvent{
	life.Read:             portalv1.LifeEvent_LIFE_EVENT_READ,
	life.ForecastChanged:  portalv1.LifeEvent_LIFE_EVENT_FORECAST_CHANGED,
	life.OrderPlaced:      portalv1.LifeEvent_LIFE_EVENT_ORDER_PLACED,
	life.OrderShipped:     portalv1.LifeEvent_LIFE_EVENT_ORDER_SHIPPED,
	life.OrderDelivered:   portalv1.LifeEvent_LIFE_EVENT_ORDER_DELIVERED,
	life.OrderCancelled:   portalv1.LifeEvent_LIFE_EVENT_ORDER_CANCELLED,
	life.RequestOpened:    portalv1.LifeEvent_LIFE_EVENT_REQUEST_OPENED,
	life.RequestCompleted: portalv1.LifeEvent_LIFE_EVENT_REQUEST_COMPLETED,
	life.RequestCancelled: portalv1.LifeEvent_LIFE_EVENT_REQUEST_CANCELLED,
	life.VisitArrived:     portalv1.LifeEvent_LIFE_EVENT_VISIT_ARRIVED,
	life.VisitDone:        portalv1.LifeEvent_LIFE_EVENT_VISIT_DONE,
	life.VisitUnsolved:    portalv1.LifeEvent_LIFE_EVENT_VISIT_UNSOLVED,
	life.Registered:       portalv1.LifeEvent_LIFE_EVENT_REGISTERED,
	life.Deregistered:     portalv1.LifeEvent_LIFE_EVENT_DEREGISTERED,
	life.AddressAsked:     portalv1.LifeEvent_LIFE_EVENT_ADDRESS_ASKED,
	life.AddressApproved:  portalv1.LifeEvent_LIFE_EVENT_ADDRESS_APPROVED,
	life.AddressRefused:   portalv1.LifeEvent_LIFE_EVENT_ADDRESS_REFUSED,
	life.AddressWithdrawn: portalv1.LifeEvent_LIFE_EVENT_ADDRESS_WITHDRAWN,
	life.CounterRestarted: portalv1.LifeEvent_LIFE_EVENT_COUNTER_RESTARTED,
	life.Moved:            portalv1.LifeEvent_LIFE_EVENT_MOVED,
	life.AddressCorrected: portalv1.LifeEvent_LIFE_EVENT_ADDRESS_CORRECTED,
	life.Added:            portalv1.LifeEvent_LIFE_EVENT_ADDED,
	life.ContractChanged:  portalv1.LifeEvent_LIFE_EVENT_CONTRACT_CHANGED,
	life.Retired:          portalv1.LifeEvent_LIFE_EVENT_RETIRED,
	life.Returned:         portalv1.LifeEvent_LIFE_EVENT_RETURNED,
}

func topicsOf(asked []portalv1.LifeTopic) (out []life.Topic) {
	for _, topic := range life.Topics {
		for _, wanted := range asked {
			if wanted == topics[topic] {
				out = append(out, topic)
			}
		}
	}
	return out
}

func entries(all []life.Entry, language string) []*portalv1.LifeEntry {
	out := make([]*portalv1.LifeEntry, len(all))
	for i := range all {
		e := &all[i]
		out[i] = &portalv1.LifeEntry{Topic: topics[e.Topic], Event: events[e.Event], At: timestamppb.New(e.At), Id: e.ID.String()}
		switch {
		case e.Reading != nil:
			out[i].Detail = &portalv1.LifeEntry_Reading{Reading: &portalv1.LifeReading{
				Counters: readingsrpc.Values(e.Reading.Counters), Source: readingsrpc.Source(e.Reading.Source), Superseded: e.Reading.Superseded,
			}}
		case e.Toner != nil:
			toner := &portalv1.LifeToner{Delivered: e.Toner.Delivered}
			for _, o := range e.Toner.Outlooks {
				toner.Outlooks = append(toner.Outlooks, &portalv1.TonerOutlook{
					Colour: suppliesrpc.Colour(o.Colour), Status: suppliesrpc.Status(o.Status),
					RunsOutAt: dispatchrpc.Time(&o.RunsOut), Before: dispatchrpc.Time(&o.Before),
				})
			}
			out[i].Detail = &portalv1.LifeEntry_Toner{Toner: toner}
		case e.Order != nil:
			out[i].Detail = &portalv1.LifeEntry_Order{Order: &portalv1.LifeOrder{
				Number: e.Order.Number, Carrier: e.Order.Carrier, Lines: lines(e.Order.Lines, language),
			}}
		case e.Request != nil:
			out[i].Detail = &portalv1.LifeEntry_Request{Request: &portalv1.LifeRequest{
				Id: e.Request.ID.String(), Number: e.Request.Number, Category: dispatchrpc.Category(e.Request.Category), Outcome: e.Request.Outcome,
				TechnicianFirstName: e.Request.Technician,
			}}
		case e.Contract != nil:
			out[i].Detail = &portalv1.LifeEntry_Contract{Contract: &portalv1.LifeContract{Was: e.Contract.Was, Then: e.Contract.Then}}
		case e.Address != nil:
			out[i].Detail = &portalv1.LifeEntry_Address{Address: &portalv1.LifeAddress{Was: e.Address.Was, Then: e.Address.Then, Reason: e.Address.Reason}}
		}
	}
	return out
}

func lines(all []life.OrderLine, language string) (out []*portalv1.LifeOrderLine) {
	for _, l := range all {
		out = append(out, &portalv1.LifeOrderLine{Name: l.Name(language), Quantity: int32(l.Quantity)})
	}
	return out
}

func plansOf(p life.Plans, language string) *portalv1.DevicePlans {
	out := &portalv1.DevicePlans{TimeZone: p.TimeZone}
	if v := p.Visit; v != nil {
		out.Visit = &portalv1.PlannedVisit{
			RequestId: v.RequestID.String(), RequestNumber: v.Number, State: dispatchrpc.State(v.State), WindowStart: dispatchrpc.Time(v.WindowStart),
			WindowEnd: dispatchrpc.Time(v.WindowEnd), ExpectedAt: dispatchrpc.Time(v.ExpectedAt), TechnicianFirstName: v.Technician,
		}
	}
	for _, o := range p.Waiting {
		out.WaitingOrders = append(out.WaitingOrders, &portalv1.WaitingOrder{
			Number: o.Number, State: suppliesrpc.State(o.State), Lines: lines(o.Lines, language),
		})
	}
	for _, f := range p.Due {
		out.TonerDue = append(out.TonerDue, &portalv1.TonerDue{
			Colour: suppliesrpc.Colour(f.Colour), SupplyId: f.Supply.ID.String(), SupplyName: f.Supply.Name(language), RunsOutAt: timestamppb.New(f.RunsOut),
		})
	}
	return out
}
