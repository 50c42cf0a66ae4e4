package server_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/server/servertest"
	"utsendt/portal/transfer/archive"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestAnInstallationMoves archives a server that runs, restores it elsewhere, and goes on there: the same archive again, the same
// history on the screen, photos too, and what was done once is not done twice.
func TestAnInstallationMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	picture, err := w.customer.Photos.UploadPhoto(ctx, &portalv1.UploadPhotoRequest{OperationId: uuid.NewString(), Data: photo(t, 3)})
	if err != nil {
		t.Fatal(err)
	}
	open := w.open(t, w.devices[4], "Piper")
	if _, err := w.customer.Portal.UpdateRequest(ctx, &portalv1.UpdateRequestRequest{
		OperationId: uuid.NewString(), RequestId: open.Id, Text: "Nå piper den også 🖨", PhotoIds: []string{picture.Photo.Id},
	}); err != nil {
		t.Fatal(err)
	}
	arrive := &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: w.request.Id}
	if _, err := w.technician.Mobile.EnRoute(ctx, arrive); err != nil {
		t.Fatal(err)
	}
	w.quiet(t)
	before, after := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	wrote, err := archive.Write(ctx, w.DB, before)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"service_requests", "visits", "activities", "photos", "blobs", "visit_files", "supply_orders", "notifications", "deliveries", "operations", "audit_trail", "articles"} {
		if wrote.Tables[table].Rows == 0 {
			t.Errorf("there is nothing of %s in the archive", table)
		}
	}
	url := pgtest.URL(t)
	elsewhere, err := postgres.Open(ctx, postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = elsewhere.Close() })
	if _, err := archive.Restore(ctx, elsewhere, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}
	again, err := archive.Write(ctx, elsewhere, after)
	if err != nil || !maps.Equal(wrote.Tables, again.Tables) || !maps.Equal(wrote.Sequences, again.Sequences) {
		t.Errorf("the archive of the archive differs: %v\n%v\n%v", err, wrote, again)
	}
	a, errA := os.ReadFile(filepath.Join(before, "archive.json"))
	b, errB := os.ReadFile(filepath.Join(after, "archive.json"))
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("%s\n%s", a, b)
	}

	// Everybody chooses a new password; here they get the old one.
	var people []struct{ ID, PasswordHash string }
	if err := w.DB.NewRaw(`SELECT id, password_hash FROM people WHERE password_hash IS NOT NULL`).Scan(ctx, &people); err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if _, err := elsewhere.ExecContext(ctx, `UPDATE people SET password_hash = ? WHERE id = ?`, p.PasswordHash, p.ID); err != nil {
			t.Fatal(err)
		}
	}
	there := servertest.Start(t, servertest.Options{DatabaseURL: url})
	office, customer, phone := there.Browser(t, "sentral1"), there.Browser(t, "kunde01"), there.Phone(t, "tekniker01")
	job, err := office.Dispatch.GetRequest(ctx, &dispatchv1.GetRequestRequest{Id: w.request.Id})
	if err != nil || job.Request.State != dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE || len(job.Activities) != 3 {
		t.Errorf("the office sees %v, %v", job, err)
	}
	// The phone had no answer to its press, and sends it again.
	if _, err := phone.Mobile.EnRoute(ctx, arrive); err != nil {
		t.Errorf("the same press again: %v", err)
	}
	if same, err := office.Dispatch.GetRequest(ctx, &dispatchv1.GetRequestRequest{Id: w.request.Id}); err != nil || same.Request.Version != job.Request.Version {
		t.Errorf("it was done twice: %v, %v", same, err)
	}
	photos, err := customer.Photos.ListPhotos(ctx, &portalv1.ListPhotosRequest{RequestId: open.Id})
	if err != nil || len(photos.Photos) != 1 {
		t.Fatalf("the customer sees %v, %v", photos, err)
	}
	next, err := customer.Portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{OperationId: uuid.NewString(), DeviceId: w.devices[3].Id, Category: 1, Description: "x"})
	if err != nil || next.Request.Number <= w.request.Number {
		t.Errorf("the next request is %v, %v", next, err)
	}
}
