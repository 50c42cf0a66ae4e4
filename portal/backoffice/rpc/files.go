package rpc

import (
	"bufio"
	"context"

	"connectrpc.com/connect"

	"utsendt/internal/fault/wording"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/portal/backoffice"
	"utsendt/portal/transfer"
	v1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
)

const (
	// batch is how many results of rows go in one message.
	batch = 200
	// piece is how many bytes of a file go in one message.
	piece = 64 << 10
)

// Files is TransferService.
type Files struct {
	office *backoffice.Service
}

var _ backofficev1connect.TransferServiceHandler = (*Files)(nil)

// NewFiles serves admins. Its handler must let messages of backoffice.MaxFile and a little more in.
func NewFiles(office *backoffice.Service) *Files { return &Files{office: office} }

var outcomes = map[transfer.Outcome]v1.RowOutcome{
	transfer.Created: v1.RowOutcome_ROW_OUTCOME_CREATED, transfer.Updated: v1.RowOutcome_ROW_OUTCOME_UPDATED,
	transfer.Unchanged: v1.RowOutcome_ROW_OUTCOME_UNCHANGED, transfer.Refused: v1.RowOutcome_ROW_OUTCOME_REFUSED,
}

// Import imports one file and tells of each row.
func (h *Files) Import(ctx context.Context, req *v1.ImportRequest, stream *connect.ServerStream[v1.ImportResponse]) error {
	var in ids
	op := in.of("operation_id", req.OperationId)
	if in.err != nil {
		return in.err
	}
	language := wording.Choose(rpc.ClientFrom(ctx).Languages, identity.Caller(ctx).Language)
	rows := make([]*v1.RowResult, 0, batch)
	send := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := stream.Send(&v1.ImportResponse{Rows: rows})
		rows = make([]*v1.RowResult, 0, batch)
		return err
	}
	done, err := h.office.Import(ctx, identity.Caller(ctx), op, transfer.Kind(req.Kind), req.File, req.DryRun, func(r transfer.RowResult) error {
		rows = append(rows, &v1.RowResult{
			Row: int64(r.Row), Line: int64(r.Line), Key: r.Key, Outcome: outcomes[r.Outcome], Reason: r.Reason, Field: r.Field, Message: r.In(language),
		})
		if len(rows) < batch {
			return nil
		}
		return send()
	})
	if err != nil {
		return err
	}
	if err := send(); err != nil {
		return err
	}
	return stream.Send(&v1.ImportResponse{Summary: &v1.ImportSummary{
		Rows: int64(done.Rows), Created: int64(done.Created), Updated: int64(done.Updated), Unchanged: int64(done.Unchanged),
		Refused: int64(done.Refused), Encoding: done.Encoding, Separator: done.Separator, IgnoredColumns: done.Ignored, DryRun: done.DryRun,
		Sha256: done.SHA256, Repeated: done.Repeated,
	}})
}

// sender sends what is written to it, in the pieces that it comes in.
type sender func(p []byte) error

// Write implements io.Writer.
func (s sender) Write(p []byte) (int, error) {
	if err := s(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Export sends one kind.
func (h *Files) Export(ctx context.Context, req *v1.ExportRequest, stream *connect.ServerStream[v1.ExportResponse]) error {
	kind := transfer.Kind(req.Kind)
	name := kind.FileName()
	out := bufio.NewWriterSize(sender(func(p []byte) error {
		err := stream.Send(&v1.ExportResponse{FileName: name, Piece: p})
		name = ""
		return err
	}), piece)
	if err := h.office.Export(ctx, identity.Caller(ctx), kind, out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil || name == "" {
		return err
	}
	return stream.Send(&v1.ExportResponse{FileName: name})
}

// ExportAll sends all kinds in a zip file.
func (h *Files) ExportAll(ctx context.Context, _ *v1.ExportAllRequest, stream *connect.ServerStream[v1.ExportAllResponse]) error {
	name := "utsendt.zip"
	out := bufio.NewWriterSize(sender(func(p []byte) error {
		err := stream.Send(&v1.ExportAllResponse{FileName: name, Piece: p})
		name = ""
		return err
	}), piece)
	if err := h.office.ExportAll(ctx, identity.Caller(ctx), out); err != nil {
		return err
	}
	return out.Flush()
}

// ListFileKinds says what files there are.
func (h *Files) ListFileKinds(context.Context, *v1.ListFileKindsRequest) (*v1.ListFileKindsResponse, error) {
	res := new(v1.ListFileKindsResponse)
	for _, kind := range transfer.Kinds() {
		res.Kinds = append(res.Kinds, &v1.FileKind{Kind: string(kind), FileName: kind.FileName(), Columns: transfer.ColumnNames(kind)})
	}
	return res, nil
}
