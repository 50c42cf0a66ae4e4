package rpc

import (
	"context"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/dispatch"
	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"

	"utsendt/portal"
	"utsendt/portal/glance"
)

// Handler is PortalService.
type Handler struct {
	lists    *glance.Service
	fleet    *portal.Service
	requests *portal.Requests
}

var _ portalv1connect.PortalServiceHandler = (*Handler)(nil)

// NewHandler serves customers.
func NewHandler(lists *glance.Service, fleet *portal.Service, requests *portal.Requests) *Handler {
	return &Handler{lists: lists, fleet: fleet, requests: requests}
}

// ListDevices lists the devices that the caller follows.
func (h *Handler) ListDevices(ctx context.Context, req *portalv1.ListDevicesRequest) (*portalv1.ListDevicesResponse, error) {
	page, err := h.lists.ListDevices(ctx, identity.Caller(ctx), portal.DeviceQuery{
		Text: req.Query, PageSize: int(req.PageSize), PageToken: req.PageToken,
	})
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListDevicesResponse{NextPageToken: page.NextPageToken, Total: page.Total}
	for i := range page.Devices {
		listed := device(&page.Devices[i])
		if g, ok := page.Glances[page.Devices[i].ID]; ok {
			listed.Glance = deviceGlance(g)
		}
		res.Devices = append(res.Devices, listed)
	}
	return res, nil
}

// GetOverview counts what needs somebody.
func (h *Handler) GetOverview(ctx context.Context, _ *portalv1.GetOverviewRequest) (*portalv1.GetOverviewResponse, error) {
	o, err := h.lists.Overview(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return &portalv1.GetOverviewResponse{LowToners: int32(o.LowToners), OrdersUnderWay: int32(o.Orders), ReadingsDue: int32(o.ReadingsDue), Devices: int32(o.Devices)}, nil
}

// GetDevice shows one device.
func (h *Handler) GetDevice(ctx context.Context, req *portalv1.GetDeviceRequest) (*portalv1.GetDeviceResponse, error) {
	id, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	o, err := h.fleet.GetDevice(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return overview(o), nil
}

// OpenRequest reports a fault.
func (h *Handler) OpenRequest(ctx context.Context, req *portalv1.OpenRequestRequest) (*portalv1.OpenRequestResponse, error) {
	id, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	rep := portal.Report{
		Category: dispatchrpc.CategoryOf(req.Category), Description: req.Description,
		Contact: dispatch.Contact{Name: req.ContactName, Phone: req.ContactPhone, Email: req.ContactEmail},
	}
	if rep.DeviceID, err = dispatchrpc.ID("device_id", req.DeviceId); err != nil {
		return nil, err
	}
	if rep.Window, err = dispatchrpc.WindowOf("window", req.Window); err != nil {
		return nil, err
	}
	if rep.Photos, err = ids("photo_ids", req.PhotoIds); err != nil {
		return nil, err
	}
	if a := req.Address; a != nil {
		rep.Address = &portal.ServiceAddress{
			Line1: a.Line1, Line2: a.Line2, Line3: a.Line3, PostalCode: a.PostalCode, City: a.City,
			Permanent: a.Permanent, Reason: a.Reason,
		}
	}
	r, err := h.requests.Open(ctx, identity.Caller(ctx), dispatch.Operation{ID: id}, rep)
	if err != nil {
		return nil, err
	}
	res := &portalv1.OpenRequestResponse{Request: request(r)}
	if res.Photos, err = h.photos(ctx, r); err != nil {
		return nil, err
	}
	if !req.Address.GetPermanent() {
		return res, nil
	}
	change, err := h.requests.AddressChangeOf(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	if change != uuid.Nil {
		res.AddressChangeId = change.String()
	}
	return res, nil
}

// ListFaultCategories says what can be wrong with a device.
func (h *Handler) ListFaultCategories(ctx context.Context, req *portalv1.ListFaultCategoriesRequest) (*portalv1.ListFaultCategoriesResponse, error) {
	id, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	categories, err := h.requests.Categories(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListFaultCategoriesResponse{}
	for _, c := range categories {
		res.Categories = append(res.Categories, dispatchrpc.Category(c))
	}
	return res, nil
}

// UpdateRequest adds to an open request.
func (h *Handler) UpdateRequest(ctx context.Context, req *portalv1.UpdateRequestRequest) (*portalv1.UpdateRequestResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	add := portal.Addition{Text: req.Text}
	if add.Request, err = dispatchrpc.ID("request_id", req.RequestId); err != nil {
		return nil, err
	}
	if add.Photos, err = ids("photo_ids", req.PhotoIds); err != nil {
		return nil, err
	}
	r, err := h.requests.Update(ctx, identity.Caller(ctx), dispatch.Operation{ID: op}, add)
	if err != nil {
		return nil, err
	}
	photos, err := h.photos(ctx, r)
	return &portalv1.UpdateRequestResponse{Request: request(r), Photos: photos}, err
}

func (h *Handler) photos(ctx context.Context, r *dispatch.Request) ([]*portalv1.Photo, error) {
	all, err := h.requests.PhotosOf(ctx, r.ID)
	return Photos(all), err
}

// ids reads the ids of a repeated field.
func ids(field string, texts []string) ([]uuid.UUID, error) {
	var all []uuid.UUID
	for _, text := range texts {
		id, err := dispatchrpc.ID(field, text)
		if err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, nil
}

// ListRequests lists the company's requests.
func (h *Handler) ListRequests(ctx context.Context, req *portalv1.ListRequestsRequest) (*portalv1.ListRequestsResponse, error) {
	deviceID, err := dispatchrpc.ID("device_id", req.DeviceId)
	if err != nil {
		return nil, err
	}
	page := dispatch.Page{Size: int(req.PageSize), Token: req.PageToken}
	if page.Size == 0 {
		page.Size = 10
	}
	list, err := h.requests.List(ctx, identity.Caller(ctx), req.OpenOnly, deviceID, page)
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListRequestsResponse{NextPageToken: list.Next}
	for _, r := range list.Requests {
		res.Requests = append(res.Requests, request(r))
	}
	return res, nil
}

// GetRequest gives one request with its history.
func (h *Handler) GetRequest(ctx context.Context, req *portalv1.GetRequestRequest) (*portalv1.GetRequestResponse, error) {
	sight, err := h.requests.Look(ctx, identity.Caller(ctx), req.Id)
	if err != nil {
		return nil, err
	}
	res := &portalv1.GetRequestResponse{Request: request(sight.Request), Activities: activities(sight.Activities), Tracking: Tracking(sight)}
	if res.Photos, err = h.photos(ctx, sight.Request); err != nil {
		return nil, err
	}
	contact, ok, err := h.requests.Support(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	if ok {
		res.Support = &portalv1.LocalSupport{Country: contact.Country, Phone: contact.Phone, Email: contact.Email}
	}
	return res, nil
}

// WatchRequest streams one request.
func (h *Handler) WatchRequest(ctx context.Context, req *portalv1.WatchRequestRequest, stream *connect.ServerStream[portalv1.WatchRequestResponse]) error {
	return h.requests.Follow(ctx, identity.Caller(ctx), req.Id, func(s dispatch.Sight) error {
		if s.Heartbeat {
			return stream.Send(&portalv1.WatchRequestResponse{Heartbeat: true})
		}
		res := &portalv1.WatchRequestResponse{Request: request(s.Request), Tracking: Tracking(s)}
		if s.Changed {
			res.Activities = activities(s.Activities)
			var err error
			if res.Photos, err = h.photos(ctx, s.Request); err != nil {
				return err
			}
		}
		return stream.Send(res)
	})
}

// WatchRequests streams all open requests that the caller may see.
func (h *Handler) WatchRequests(ctx context.Context, _ *portalv1.WatchRequestsRequest, stream *connect.ServerStream[portalv1.WatchRequestsResponse]) error {
	return h.requests.FollowAll(ctx, identity.Caller(ctx), func(c dispatch.AccountChange) error {
		return stream.Send(accountChange(c))
	})
}
