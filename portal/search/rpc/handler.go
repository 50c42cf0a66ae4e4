package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/portal/search"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rule of SearchService.
func Access() rpc.Access {
	return rpc.Access{portalv1connect.SearchServiceQuickSearchProcedure: rpc.Only(identity.RoleCustomer)}
}

// Handler is SearchService.
type Handler struct{ search *search.Service }

var _ portalv1connect.SearchServiceHandler = (*Handler)(nil)

// NewHandler serves the quick search.
func NewHandler(s *search.Service) *Handler { return &Handler{s} }

var kinds = map[portalv1.SearchKind]search.Kind{
	portalv1.SearchKind_SEARCH_KIND_SERIAL:  search.Serial,
	portalv1.SearchKind_SEARCH_KIND_REQUEST: search.Request,
	portalv1.SearchKind_SEARCH_KIND_ORDER:   search.Order,
}

var followUps = map[search.FollowUp]portalv1.FollowUp{
	search.ShowDevice:  portalv1.FollowUp_FOLLOW_UP_DEVICE,
	search.NewRequest:  portalv1.FollowUp_FOLLOW_UP_NEW_REQUEST,
	search.NewOrder:    portalv1.FollowUp_FOLLOW_UP_NEW_ORDER,
	search.NewReading:  portalv1.FollowUp_FOLLOW_UP_NEW_READING,
	search.ShowRequest: portalv1.FollowUp_FOLLOW_UP_REQUEST,
	search.ShowOrder:   portalv1.FollowUp_FOLLOW_UP_ORDER,
}

// QuickSearch finds by a full number.
func (h *Handler) QuickSearch(ctx context.Context, req *portalv1.QuickSearchRequest) (*portalv1.QuickSearchResponse, error) {
	actor := identity.Caller(ctx)
	found, err := h.search.Quick(ctx, actor, kinds[req.Kind], req.Text)
	if err != nil {
		return nil, err
	}
	res := &portalv1.QuickSearchResponse{}
	for _, f := range found.FollowUps {
		res.FollowUps = append(res.FollowUps, followUps[f])
	}
	device := &portalv1.FoundDevice{
		DeviceId: found.DeviceID.String(), SerialNumber: found.SerialNumber, Model: found.Model, FriendlyName: found.FriendlyName,
		OpenRequestNumber: found.OpenNumber,
	}
	switch found.Kind {
	case search.Request:
		res.Result = &portalv1.QuickSearchResponse_Request{Request: &portalv1.FoundRequest{
			RequestId: found.ID.String(), Number: found.Number, State: dispatchrpc.State(found.State), Device: device,
		}}
	case search.Order:
		res.Result = &portalv1.QuickSearchResponse_Order{Order: &portalv1.FoundOrder{
			OrderId: found.ID.String(), Number: found.Number, Device: device,
		}}
	default:
		res.Result = &portalv1.QuickSearchResponse_FoundDevice{FoundDevice: device}
	}
	return res, nil
}
