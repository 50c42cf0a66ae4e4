package rpc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/audit"
	"utsendt/internal/identity"
	"utsendt/portal/backoffice"
	v1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

// Trail is AuditService.
type Trail struct {
	office *backoffice.Service
}

var _ backofficev1connect.AuditServiceHandler = (*Trail)(nil)

// NewTrail serves staff.
func NewTrail(office *backoffice.Service) *Trail { return &Trail{office: office} }

// value translates stored JSON; nil for nothing.
func value(text json.RawMessage) (*structpb.Value, error) {
	if len(text) == 0 {
		return nil, nil
	}
	v := new(structpb.Value)
	if err := v.UnmarshalJSON(text); err != nil {
		return nil, fmt.Errorf("backoffice: a value of the trail: %w", err)
	}
	return v, nil
}

func change(c *audit.Change) (*v1.Change, error) {
	before, err := value(c.Before)
	if err != nil {
		return nil, err
	}
	after, err := value(c.After)
	return &v1.Change{
		Id: c.ID.String(), At: timestamppb.New(c.At), ActorId: idText(c.ActorID), ActorRole: c.ActorRole, ActorName: c.ActorName,
		Address: c.Address, Action: c.Action, ObjectKind: c.ObjectKind, ObjectId: c.ObjectID.String(), Before: before, After: after,
		ChangedFields: c.ChangedFields(),
	}, err
}

func span(since, until *timestamppb.Timestamp) (from, to *time.Time, err error) {
	if from, err = dispatchrpc.TimeOf("since", since); err != nil {
		return nil, nil, err
	}
	to, err = dispatchrpc.TimeOf("until", until)
	return from, to, err
}

// ListChanges lists lines of the trail.
func (h *Trail) ListChanges(ctx context.Context, req *v1.ListChangesRequest) (*v1.ListChangesResponse, error) {
	var in ids
	query := backoffice.TrailQuery{
		ObjectKind: req.ObjectKind, ObjectID: in.of("object_id", req.ObjectId), ActorID: in.of("actor_id", req.ActorId), Action: req.Action,
		Page: page(req.PageSize, req.PageToken),
	}
	var err error
	if query.Since, query.Until, err = span(req.Since, req.Until); in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	found, err := h.office.Changes(ctx, identity.Caller(ctx), query)
	if err != nil {
		return nil, err
	}
	res := &v1.ListChangesResponse{NextPageToken: found.Next}
	for i := range found.Rows {
		line, err := change(&found.Rows[i])
		if err != nil {
			return nil, err
		}
		res.Changes = append(res.Changes, line)
	}
	return res, nil
}

// ListReads lists who was shown personal data.
func (h *Trail) ListReads(ctx context.Context, req *v1.ListReadsRequest) (*v1.ListReadsResponse, error) {
	var in ids
	query := backoffice.TrailQuery{
		ObjectKind: req.ObjectKind, ObjectID: in.of("object_id", req.ObjectId), ActorID: in.of("actor_id", req.ActorId),
		Page: page(req.PageSize, req.PageToken),
	}
	var err error
	if query.Since, query.Until, err = span(req.Since, req.Until); in.err != nil || err != nil {
		return nil, either(in.err, err)
	}
	found, err := h.office.Reads(ctx, identity.Caller(ctx), query)
	if err != nil {
		return nil, err
	}
	return &v1.ListReadsResponse{NextPageToken: found.Next, Reads: each(found.Rows, func(s *audit.Seen) *v1.Read {
		out := &v1.Read{
			Id: s.ID.String(), At: timestamppb.New(s.At), ActorId: idText(s.ActorID), ActorRole: s.ActorRole, ActorName: s.ActorName,
			Address: s.Address, Action: s.Action, ObjectKind: s.ObjectKind, Objects: s.Objects,
		}
		for _, id := range s.ObjectIDs {
			out.ObjectIds = append(out.ObjectIds, id.String())
		}
		return out
	})}, nil
}

// TraceChange tells what happened to a change.
func (h *Trail) TraceChange(ctx context.Context, req *v1.TraceChangeRequest) (*v1.TraceChangeResponse, error) {
	var in ids
	objectID, changeID := in.of("object_id", req.ObjectId), in.of("change_id", req.ChangeId)
	if in.err != nil {
		return nil, in.err
	}
	line, fates, err := h.office.Trace(ctx, identity.Caller(ctx), req.ObjectKind, objectID, changeID)
	if err != nil {
		return nil, err
	}
	res := new(v1.TraceChangeResponse)
	if res.Change, err = change(&line); err != nil {
		return nil, err
	}
	for _, f := range fates {
		out := &v1.FieldFate{Field: f.Field, Stands: f.OverwrittenBy == nil}
		if out.Set, err = value(f.Set); err != nil {
			return nil, err
		}
		if out.Now, err = value(f.Now); err != nil {
			return nil, err
		}
		if f.OverwrittenBy != nil {
			if out.OverwrittenBy, err = change(f.OverwrittenBy); err != nil {
				return nil, err
			}
		}
		res.Fields = append(res.Fields, out)
	}
	return res, nil
}
