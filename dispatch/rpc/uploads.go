package rpc

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch/visitfiles"
	"utsendt/internal/identity"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// StartUpload announces a picture.
func (m *Mobile) StartUpload(ctx context.Context, req *mobilev1.StartUploadRequest) (*mobilev1.StartUploadResponse, error) {
	op, err := ID("operation_id", req.OperationId)
	if err != nil {
		return nil, err
	}
	a := visitfiles.Announcement{Kind: fileKinds.toDomain[req.Kind], Size: req.Size, Digest: [32]byte(req.Sha256)}
	if a.Request, err = ID("request_id", req.RequestId); err != nil {
		return nil, err
	}
	if a.Visit, err = ID("visit_id", req.VisitId); err != nil {
		return nil, err
	}
	up, err := m.files.Start(ctx, identity.Caller(ctx), op, a)
	if err != nil {
		return nil, err
	}
	return &mobilev1.StartUploadResponse{Upload: upload(up)}, nil
}

// AppendUpload takes a piece.
func (m *Mobile) AppendUpload(ctx context.Context, req *mobilev1.AppendUploadRequest) (*mobilev1.AppendUploadResponse, error) {
	id, err := ID("upload_id", req.UploadId)
	if err != nil {
		return nil, err
	}
	up, err := m.files.Append(ctx, identity.Caller(ctx), id, req.Offset, req.Data)
	if err != nil {
		return nil, err
	}
	return &mobilev1.AppendUploadResponse{Upload: upload(up)}, nil
}

// GetUpload tells how far an upload is.
func (m *Mobile) GetUpload(ctx context.Context, req *mobilev1.GetUploadRequest) (*mobilev1.GetUploadResponse, error) {
	id, err := ID("upload_id", req.UploadId)
	if err != nil {
		return nil, err
	}
	up, err := m.files.Get(ctx, identity.Caller(ctx), id)
	if err != nil {
		return nil, err
	}
	return &mobilev1.GetUploadResponse{Upload: upload(up)}, nil
}

func upload(u visitfiles.Upload) *mobilev1.Upload {
	out := &mobilev1.Upload{
		Id: u.ID.String(), VisitId: u.VisitID.String(), Kind: fileKinds.toProto[u.Kind], State: uploadStates.toProto[u.State],
		Size: u.Size, Offset: u.Received, Refusal: u.Refusal,
	}
	if u.Expires != nil {
		out.ExpiresAt = timestamppb.New(*u.Expires)
	}
	return out
}

var uploadStates = translate(map[mobilev1.UploadState]visitfiles.State{
	mobilev1.UploadState_UPLOAD_STATE_RECEIVING: visitfiles.Receiving,
	mobilev1.UploadState_UPLOAD_STATE_STORED:    visitfiles.Stored,
	mobilev1.UploadState_UPLOAD_STATE_REFUSED:   visitfiles.Refused,
})
