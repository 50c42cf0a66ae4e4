package rpc

import (
	"context"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/tracking"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Handler is TrackingService.
type Handler struct{ links *tracking.Service }

var _ portalv1connect.TrackingServiceHandler = (*Handler)(nil)

// NewHandler serves links and what is behind them.
func NewHandler(links *tracking.Service) *Handler { return &Handler{links} }

// ShareRequest makes a link.
func (h *Handler) ShareRequest(ctx context.Context, req *portalv1.ShareRequestRequest) (*portalv1.ShareRequestResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	request, err := dispatchrpc.ID("request_id", req.RequestId)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	made, err := h.links.Make(ctx, actor, op, request, time.Duration(req.ValidHours)*time.Hour)
	if err != nil {
		return nil, err
	}
	return &portalv1.ShareRequestResponse{Share: share(&made, actor.PersonID)}, nil
}

// ListShares lists the links of a request.
func (h *Handler) ListShares(ctx context.Context, req *portalv1.ListSharesRequest) (*portalv1.ListSharesResponse, error) {
	request, err := dispatchrpc.ID("request_id", req.RequestId)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	list, next, err := h.links.List(ctx, actor, request, int(req.PageSize), req.PageToken)
	if err != nil {
		return nil, err
	}
	res := &portalv1.ListSharesResponse{NextPageToken: next}
	for _, one := range list {
		res.Shares = append(res.Shares, share(one, actor.PersonID))
	}
	return res, nil
}

// RevokeShare takes a link back.
func (h *Handler) RevokeShare(ctx context.Context, req *portalv1.RevokeShareRequest) (*portalv1.RevokeShareResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	id, err := dispatchrpc.ID("share_id", req.ShareId)
	if err != nil {
		return nil, err
	}
	actor := identity.Caller(ctx)
	revoked, err := h.links.Revoke(ctx, actor, op, id)
	if err != nil {
		return nil, err
	}
	return &portalv1.RevokeShareResponse{Share: share(&revoked, actor.PersonID)}, nil
}

// GetTracking shows what is behind a link.
func (h *Handler) GetTracking(ctx context.Context, req *portalv1.GetTrackingRequest) (*portalv1.GetTrackingResponse, error) {
	seen, err := h.links.Get(ctx, req.Token)
	if err != nil {
		return nil, err
	}
	return &portalv1.GetTrackingResponse{Tracked: tracked(seen)}, nil
}

// WatchTracking streams what is behind a link.
func (h *Handler) WatchTracking(ctx context.Context, req *portalv1.WatchTrackingRequest, stream *connect.ServerStream[portalv1.WatchTrackingResponse]) error {
	return h.links.Watch(ctx, req.Token, func(seen tracking.Seen) error {
		if seen.Heartbeat {
			return stream.Send(&portalv1.WatchTrackingResponse{Heartbeat: true})
		}
		return stream.Send(&portalv1.WatchTrackingResponse{Tracked: tracked(seen)})
	})
}

func share(s *tracking.Share, caller uuid.UUID) *portalv1.Share {
	return &portalv1.Share{
		Id: s.ID.String(), Url: s.URL, MadeAt: timestamppb.New(s.CreatedAt), MadeBy: s.MadeBy, Mine: s.CreatedBy == caller,
		ExpiresAt: timestamppb.New(s.Until()), RevokedAt: dispatchrpc.Time(s.RevokedAt), LastOpenedAt: dispatchrpc.Time(s.LastOpenedAt),
	}
}
