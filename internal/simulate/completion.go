package simulate

import (
	"context"
	"crypto/sha256"

	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// How often a visit that went well is shown to somebody, in a thousand: signed for, and photographed.
const (
	signs       = 500
	photographs = 250
)

// pieceSize is how much of a picture goes in one message, in bytes.
const pieceSize = 16 << 10

// details fetches what a technician sees at the device. Without cover, or when the job is gone, there is nothing to see.
func (t *technician) details(ctx context.Context, job *mobilev1.Job) (*mobilev1.Job, error) {
	if !t.out.covered() {
		return job, nil
	}
	res, err := client.Call(ctx, &t.phone.Session, t.phone.Mobile.GetJob, &mobilev1.GetJobRequest{RequestId: job.RequestId})
	if err != nil {
		return job, ctx.Err() // taken away: the next step is refused
	}
	return res.Job, nil
}

// read reads every counter: some pages on from the last time.
func (t *technician) read(counters []*mobilev1.DeviceCounter) (read []*mobilev1.CounterReading) {
	for _, c := range counters {
		read = append(read, &mobilev1.CounterReading{Counter: c.Counter, Value: c.GetLastValue() + int64(t.draw.IntN(400))})
	}
	return read
}

// use takes one of the parts in the van.
func (t *technician) use(van []*mobilev1.VanPart) []*mobilev1.PartUsed {
	if len(van) == 0 {
		return nil
	}
	return []*mobilev1.PartUsed{{PartNumber: van[t.draw.IntN(len(van))].PartNumber, Quantity: 1}}
}

// pictures sends what was photographed and signed, after the step that ends the visit.
func (t *technician) pictures(ctx context.Context, req *mobilev1.CompleteRequest) error {
	for _, p := range []struct {
		wanted bool
		kind   dispatchv1.VisitFileKind
		draw   func(*chance) ([]byte, error)
	}{
		{req.SignedBy != "", dispatchv1.VisitFileKind_VISIT_FILE_KIND_SIGNATURE, signature},
		{t.draw.permille(photographs), dispatchv1.VisitFileKind_VISIT_FILE_KIND_PHOTO, photo},
	} {
		if !p.wanted || t.out.taken[req.RequestId] {
			continue
		}
		data, err := p.draw(t.draw)
		if err != nil {
			return err
		}
		if err := t.out.step(ctx, req.RequestId, func(ctx context.Context, op *mobilev1.Operation) error {
			return t.upload(ctx, op.Id, req, p.kind, data)
		}); err != nil {
			return err
		}
	}
	return nil
}

// upload is one try to send a picture; another one goes on where it ended.
func (t *technician) upload(ctx context.Context, operation string, req *mobilev1.CompleteRequest, kind dispatchv1.VisitFileKind, data []byte) error {
	sum := sha256.Sum256(data)
	started, err := t.phone.Mobile.StartUpload(ctx, &mobilev1.StartUploadRequest{
		OperationId: operation, RequestId: req.RequestId, VisitId: req.GetVisitId(), Kind: kind, Size: int64(len(data)), Sha256: sum[:],
	})
	if err != nil {
		return err
	}
	for up := started.Upload; up.State == mobilev1.UploadState_UPLOAD_STATE_RECEIVING; {
		res, err := t.phone.Mobile.AppendUpload(ctx, &mobilev1.AppendUploadRequest{
			UploadId: up.Id, Offset: up.Offset, Data: data[up.Offset:min(up.Offset+pieceSize, up.Size)],
		})
		if err != nil {
			return err
		}
		up = res.Upload
	}
	return nil
}
