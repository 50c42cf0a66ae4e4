package server_test

import (
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// readingsAgain sends each change of readings, articles and mail preferences again.
func (w *world) readingsAgain(t *testing.T, r *repeater) {
	t.Helper()
	op, customer, staff := uuid.NewString, w.customer, w.dispatcher
	meters, err := customer.Readings.ListMeters(t.Context(), &portalv1.ListMetersRequest{PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	m := meters.Meters[0]
	entry := func(value int64) []*portalv1.ReadingEntry {
		e := &portalv1.ReadingEntry{DeviceId: m.DeviceId, TakenAt: timestamppb.Now(), Reason: "Prøve"}
		for _, c := range m.Counters {
			e.Counters = append(e.Counters, &portalv1.CounterValue{Counter: c, Value: value})
		}
		return []*portalv1.ReadingEntry{e}
	}
	kept := again(t, r, simple(t, customer.Readings.SubmitReadings), &portalv1.SubmitReadingsRequest{OperationId: op(), Entries: entry(900_000)}).Results[0].Reading
	corrected := again(t, r, simple(t, customer.Readings.CorrectReading), &portalv1.CorrectReadingRequest{
		OperationId: op(), ReadingId: kept.GetId(), Counters: entry(900_001)[0].Counters, Reason: "Feil", Confirm: true,
	}).Result.Reading
	again(t, r, simple(t, staff.ReadingDesk.CorrectReading), &backofficev1.CorrectReadingRequest{
		OperationId: op(), ReadingId: corrected.GetId(), Counters: entry(900_002)[0].Counters, Reason: "Ringte", Confirm: true,
	})
	again(t, r, simple(t, staff.ReadingDesk.EnterReadings), &backofficev1.EnterReadingsRequest{OperationId: op(), Entries: entry(900_003)})
	again(t, r, simple(t, w.admin.ReadingDesk.SetCountry), &backofficev1.SetCountryRequest{OperationId: op(), Country: "SE", BulkReadings: true})

	file := "Serienummer;Dato;Svart\nDEMO-INGEN;2001-01-01;1\n"
	id := again(t, r, simple(t, customer.Readings.StartUpload), &portalv1.StartUploadRequest{OperationId: op(), FileName: "x.csv", Size: int64(len(file))}).UploadId
	again(t, r, simple(t, customer.Readings.SendPiece), &portalv1.SendPieceRequest{OperationId: op(), UploadId: id, Data: []byte(file)})
	again(t, r, simple(t, customer.Readings.CheckUpload), &portalv1.CheckUploadRequest{OperationId: op(), UploadId: id})
	again(t, r, simple(t, customer.Readings.CorrectRows), &portalv1.CorrectRowsRequest{
		OperationId: op(), UploadId: id, Rows: []*portalv1.RowCorrection{{Row: 2, SerialNumber: "DEMO-INGEN-2", TakenAt: timestamppb.Now(), Counters: entry(1)[0].Counters}},
	})
	again(t, r, simple(t, customer.Readings.ApplyUpload), &portalv1.ApplyUploadRequest{OperationId: op(), UploadId: id})

	content := articleContent()
	content.Slug = "sendt-igjen"
	article := again(t, r, simple(t, staff.Articles.CreateArticle), &backofficev1.CreateArticleRequest{OperationId: op(), Content: content}).Article
	content.Texts[0].Title = "Enda en gang"
	article = again(t, r, simple(t, staff.Articles.UpdateArticle), &backofficev1.UpdateArticleRequest{
		OperationId: op(), Id: article.Id, Version: article.Version, Content: content,
	}).Article
	article = again(t, r, simple(t, staff.Articles.SetArticleWithdrawn), &backofficev1.SetArticleWithdrawnRequest{
		OperationId: op(), Id: article.Id, Version: article.Version, Withdrawn: true,
	}).Article
	again(t, r, simple(t, staff.Articles.DeleteArticle), &backofficev1.DeleteArticleRequest{OperationId: op(), Id: article.Id, Version: article.Version})

	again(t, r, simple(t, customer.Live.SetMailPreferences), &livev1.SetMailPreferencesRequest{
		OperationId: op(), Preferences: []*livev1.MailPreference{{MailClass: livev1.MailClass_MAIL_CLASS_ORDERS}},
	})
}
