package rpc

import (
	"context"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/portal"
	"utsendt/portal/photos"
	portalrpc "utsendt/portal/rpc"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access gives the rules of PhotoService.
func Access() rpc.Access {
	return rpc.Access{
		portalv1connect.PhotoServiceUploadPhotoProcedure: rpc.Only(identity.RoleCustomer),
		portalv1connect.PhotoServiceListPhotosProcedure: rpc.Only(identity.RoleCustomer, identity.RoleDispatcher, identity.RoleAdmin,
			identity.RoleTechnician),
	}
}

// Handler is PhotoService.
type Handler struct{ photos *photos.Service }

var _ portalv1connect.PhotoServiceHandler = (*Handler)(nil)

// NewHandler serves photos.
func NewHandler(s *photos.Service) *Handler { return &Handler{s} }

// UploadPhoto takes a photo.
func (h *Handler) UploadPhoto(ctx context.Context, req *portalv1.UploadPhotoRequest) (*portalv1.UploadPhotoResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	p, err := h.photos.Upload(ctx, actor, op, req.Data)
	if err != nil {
		return nil, err
	}
	return &portalv1.UploadPhotoResponse{Photo: portalrpc.Photos([]portal.Photo{p})[0]}, nil
}

// ListPhotos lists the photos of a request.
func (h *Handler) ListPhotos(ctx context.Context, req *portalv1.ListPhotosRequest) (*portalv1.ListPhotosResponse, error) {
	id, err := dispatchrpc.ID("request_id", req.RequestId)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	all, err := h.photos.List(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return &portalv1.ListPhotosResponse{Photos: portalrpc.Photos(all), Limit: int32(h.photos.PerRequest())}, nil
}
