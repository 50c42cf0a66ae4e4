package rpc

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/internal/identity"
	"utsendt/portal/readings"
	"utsendt/portal/readings/bulk"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// StartUpload begins a file.
func (h *Handler) StartUpload(ctx context.Context, req *portalv1.StartUploadRequest) (*portalv1.StartUploadResponse, error) {
	op, err := dispatchrpc.ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	id, err := h.files.Start(ctx, identity.Caller(ctx), op, req.FileName, req.Size)
	if err != nil {
		return nil, err
	}
	return &portalv1.StartUploadResponse{UploadId: id.String(), PieceSize: bulk.PieceSize}, nil
}

// ids reads the two ids that calls about an upload have.
func ids(req interface {
	GetOperationId() string
	GetUploadId() string
},
) (op, upload uuid.UUID, err error) {
	if op, err = dispatchrpc.ID("operation_id", req.GetOperationId()); err == nil {
		upload, err = dispatchrpc.ID("upload_id", req.GetUploadId())
	}
	return op, upload, err
}

// SendPiece stores a piece of a file.
func (h *Handler) SendPiece(ctx context.Context, req *portalv1.SendPieceRequest) (*portalv1.SendPieceResponse, error) {
	op, id, err := ids(req)
	if err != nil {
		return nil, err
	}
	if err := h.files.Send(ctx, identity.Caller(ctx), op, id, req.Start, req.Data); err != nil {
		return nil, err
	}
	return &portalv1.SendPieceResponse{}, nil
}

// CheckUpload reads a file.
func (h *Handler) CheckUpload(ctx context.Context, req *portalv1.CheckUploadRequest) (*portalv1.CheckUploadResponse, error) {
	op, id, err := ids(req)
	if err != nil {
		return nil, err
	}
	u, err := h.files.Check(ctx, identity.Caller(ctx), op, id)
	if err != nil {
		return nil, err
	}
	return &portalv1.CheckUploadResponse{Upload: upload(u)}, nil
}

// GetUpload tells how far an upload is.
func (h *Handler) GetUpload(ctx context.Context, req *portalv1.GetUploadRequest) (*portalv1.GetUploadResponse, error) {
	id, err := dispatchrpc.ID("upload_id", req.UploadId)
	if err != nil {
		return nil, err
	}
	u, err := h.files.Get(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &portalv1.GetUploadResponse{Upload: upload(u)}, nil
}

// ListUploadRows lists the rows of a file.
func (h *Handler) ListUploadRows(ctx context.Context, req *portalv1.ListUploadRowsRequest) (*portalv1.ListUploadRowsResponse, error) {
	id, err := dispatchrpc.ID("upload_id", req.UploadId)
	if err != nil {
		return nil, err
	}
	var only []readings.Outcome
	for o, name := range outcomes {
		for _, wanted := range req.Outcomes {
			if wanted == name {
				only = append(only, o)
			}
		}
	}
	rows, next, err := h.files.Rows(ctx, identity.Caller(ctx), id, only, readings.Page{Size: int(req.PageSize), Token: req.PageToken})
	if err != nil {
		return nil, err
	}
	u, err := h.files.Get(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	shown, err := h.rows(ctx, u, rows)
	if err != nil {
		return nil, err
	}
	return &portalv1.ListUploadRowsResponse{Rows: shown, NextPageToken: next}, nil
}

// rows shows rows of a file with what is to be asked for when one is corrected.
func (h *Handler) rows(ctx context.Context, u bulk.Upload, rows []bulk.Row) ([]*portalv1.UploadRow, error) {
	asked, err := h.files.Asked(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]*portalv1.UploadRow, len(rows))
	for i, r := range rows {
		out[i] = &portalv1.UploadRow{
			Row: int32(r.Number), SerialNumber: r.Serial, Counters: values(r.Counters), Reason: r.Reason,
			Outcome: outcomes[r.Outcome], Problems: problems(ctx, r.Problems),
			Asked: counters(asked[r.DeviceID].Counters), TimeZone: asked[r.DeviceID].TimeZone, Booked: r.Booked(u),
		}
		if !r.TakenAt.IsZero() {
			out[i].TakenAt = timestamppb.New(r.TakenAt)
		}
	}
	return out, nil
}

// CorrectRows corrects rows of a file in place.
func (h *Handler) CorrectRows(ctx context.Context, req *portalv1.CorrectRowsRequest) (*portalv1.CorrectRowsResponse, error) {
	op, id, err := ids(req)
	if err != nil {
		return nil, err
	}
	var corrections []bulk.Correction
	for i, r := range req.Rows {
		field := fmt.Sprintf("rows[%d].", i)
		c := bulk.Correction{Row: int(r.Row), Serial: r.SerialNumber, Reason: r.Reason}
		at, err := dispatchrpc.TimeOf(field+"taken_at", r.TakenAt)
		if err != nil {
			return nil, err
		}
		if at != nil {
			c.TakenAt = *at
		}
		if c.Counters, err = valuesOf(field+"counters", r.Counters); err != nil {
			return nil, err
		}
		corrections = append(corrections, c)
	}
	done, err := h.files.Correct(ctx, identity.Caller(ctx), op, id, corrections)
	if err != nil {
		return nil, err
	}
	rows, err := h.rows(ctx, done.Upload, done.Rows)
	if err != nil {
		return nil, err
	}
	return &portalv1.CorrectRowsResponse{Upload: upload(done.Upload), Rows: rows}, nil
}

// ApplyUpload keeps what is good in a file.
func (h *Handler) ApplyUpload(ctx context.Context, req *portalv1.ApplyUploadRequest) (*portalv1.ApplyUploadResponse, error) {
	op, id, err := ids(req)
	if err != nil {
		return nil, err
	}
	confirm := bulk.Confirmations{ByRow: map[int]string{}, Rest: req.ReasonForRest}
	for _, r := range req.Reasons {
		confirm.ByRow[int(r.Row)] = r.Reason
	}
	u, err := h.files.Apply(ctx, identity.Caller(ctx), op, id, confirm)
	if err != nil {
		return nil, err
	}
	return &portalv1.ApplyUploadResponse{Upload: upload(u)}, nil
}
