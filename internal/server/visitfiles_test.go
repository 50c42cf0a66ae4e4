package server_test

import (
	"crypto/sha256"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// givenVisitUpload announces a picture of the technician's visit.
func (w *world) givenVisitUpload(t *testing.T) {
	t.Helper()
	jobs, err := w.technician.Mobile.ListJobs(t.Context(), &mobilev1.ListJobsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	w.visitID = jobs.Jobs[0].VisitId
	w.visitUpload = announce(t, w.technician, w.request.Id, w.visitID, dispatchv1.VisitFileKind_VISIT_FILE_KIND_PHOTO, photo(t, 250)).Id
}

// announce begins an upload.
func announce(t *testing.T, phone *servertest.Person, request, visit string, kind dispatchv1.VisitFileKind, data []byte) *mobilev1.Upload {
	t.Helper()
	sum := sha256.Sum256(data)
	res, err := phone.Mobile.StartUpload(t.Context(), &mobilev1.StartUploadRequest{
		OperationId: uuid.NewString(), RequestId: request, VisitId: visit, Kind: kind, Size: int64(len(data)), Sha256: sum[:],
	})
	if err != nil {
		t.Fatal(err)
	}
	return res.Upload
}

// send is a whole upload, in pieces of some kilobytes.
func send(t *testing.T, phone *servertest.Person, request, visit string, kind dispatchv1.VisitFileKind, data []byte) *mobilev1.Upload {
	t.Helper()
	up := announce(t, phone, request, visit, kind, data)
	for up.State == mobilev1.UploadState_UPLOAD_STATE_RECEIVING {
		res, err := phone.Mobile.AppendUpload(t.Context(), &mobilev1.AppendUploadRequest{
			UploadId: up.Id, Offset: up.Offset, Data: data[up.Offset:min(up.Offset+3000, up.Size)],
		})
		if err != nil {
			t.Fatal(err)
		}
		up = res.Upload
	}
	return up
}
