package server_test

import (
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// exampleUpload is a file of readings that the customer sent and that was looked through.
const exampleUpload = "0b6d1c86-6a3e-4f27-9d0c-3a1d6f5e0a01"

// givenUpload stores it, and turns such files on.
func (w *world) givenUpload(t *testing.T) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO country_settings (country, bulk_readings, updated_at) VALUES ('NO', true, now())
			ON CONFLICT (country) DO UPDATE SET bulk_readings = true`,
		`INSERT INTO reading_uploads (id, person_id, account_id, file_name, size, state, summary, created_at, updated_at)
			SELECT '` + exampleUpload + `', id, account_id, 'avlesninger.csv', 5, 'checked', '{"Rows": 1}', now(), now() FROM people WHERE user_id = 'kunde01'`,
		`INSERT INTO reading_upload_rows (upload_id, row, serial, outcome) VALUES ('` + exampleUpload + `', 2, 'DEMO-X', 'refused')`,
	} {
		if _, err := w.DB.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// readingExamples are requests that the services of meter readings take, every field filled in.
func (w *world) readingExamples() []proto.Message {
	id, at := uuid.NewString(), timestamppb.Now()
	values := []*portalv1.CounterValue{{Counter: portalv1.Counter_COUNTER_BLACK, Value: 120_034}}
	entries := []*portalv1.ReadingEntry{{DeviceId: w.devices[0].Id, TakenAt: at, Counters: values, Reason: "x"}}
	scope := &portalv1.UsageScope{DeviceId: w.devices[0].Id, FirstMonth: "2026-01", Months: 6}
	return []proto.Message{
		&portalv1.ListMetersRequest{Query: "", DueOnly: true},
		&portalv1.SubmitReadingsRequest{OperationId: id, Entries: entries},
		&portalv1.CorrectReadingRequest{OperationId: id, ReadingId: uuid.NewString(), TakenAt: at, Counters: values, Reason: "x"},
		&portalv1.ListReadingsRequest{DeviceId: w.devices[0].Id},
		&portalv1.GetUsageRequest{Scope: scope}, &portalv1.ExportUsageRequest{Scope: scope},
		&portalv1.StartUploadRequest{OperationId: id, FileName: "avlesninger.csv", Size: 1000},
		&portalv1.SendPieceRequest{OperationId: id, UploadId: exampleUpload, Start: 0, Data: []byte("x")},
		&portalv1.CheckUploadRequest{OperationId: id, UploadId: exampleUpload},
		&portalv1.GetUploadRequest{UploadId: exampleUpload},
		&portalv1.ListUploadRowsRequest{UploadId: exampleUpload, Outcomes: []portalv1.ReadingOutcome{1}},
		&portalv1.CorrectRowsRequest{
			OperationId: id, UploadId: exampleUpload, Rows: []*portalv1.RowCorrection{{Row: 2, SerialNumber: "DEMO-1", TakenAt: at, Counters: values, Reason: "x"}},
		},
		&portalv1.ApplyUploadRequest{
			OperationId: id, UploadId: exampleUpload, Reasons: []*portalv1.RowReason{{Row: 2, Reason: "x"}}, ReasonForRest: "x",
		},
		&portalv1.ResolveReadingLinkRequest{Token: "1.x.y"},

		&backofficev1.EnterReadingsRequest{OperationId: id, Entries: entries},
		&backofficev1.CorrectReadingRequest{OperationId: id, ReadingId: uuid.NewString(), TakenAt: at, Counters: values, Reason: "x"},
		&backofficev1.ListReadingsRequest{DeviceId: w.devices[0].Id},
		&backofficev1.ListCountriesRequest{}, &backofficev1.SetCountryRequest{OperationId: id, Country: "NO", BulkReadings: true},
	}
}

// TestMeterReadings follows a reading over the wire: entered by the customer, corrected by staff, in a file, and in the usage.
func TestMeterReadings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	meters, err := w.customer.Readings.ListMeters(ctx, &portalv1.ListMetersRequest{PageSize: 100})
	if err != nil || len(meters.Meters) != len(w.devices) {
		t.Fatal(meters, err)
	}
	m := meters.Meters[0]
	enter := func(value int64) *portalv1.ReadingEntry {
		e := &portalv1.ReadingEntry{DeviceId: m.DeviceId, Reason: "Prøve"}
		for _, c := range m.Counters {
			e.Counters = append(e.Counters, &portalv1.CounterValue{Counter: c, Value: value})
		}
		return e
	}
	op := &portalv1.SubmitReadingsRequest{OperationId: uuid.NewString(), Entries: []*portalv1.ReadingEntry{
		enter(900_000), {DeviceId: w.strangerDevices[0].Id, Counters: enter(1).Counters},
	}}
	first, err := w.customer.Readings.SubmitReadings(ctx, op)
	if err != nil || first.Results[0].Outcome != portalv1.ReadingOutcome_READING_OUTCOME_KEPT ||
		first.Results[1].Problems[0].Reason != "device_not_found" || first.Results[1].Problems[0].Text == "" {
		t.Fatal(first, err)
	}
	second, err := w.customer.Readings.SubmitReadings(ctx, op)
	if err != nil || !proto.Equal(first, second) {
		t.Errorf("again: %v %v", second, err)
	}
	id := first.Results[0].Reading.Id
	if got, err := w.dispatcher.ReadingDesk.CorrectReading(ctx, &backofficev1.CorrectReadingRequest{
		OperationId: uuid.NewString(), ReadingId: id, Counters: enter(900_001).Counters, Reason: "Ringte", Confirm: true,
	}); err != nil || got.Result.Outcome != portalv1.ReadingOutcome_READING_OUTCOME_KEPT {
		t.Fatal(got, err)
	}
	list, err := w.customer.Readings.ListReadings(ctx, &portalv1.ListReadingsRequest{DeviceId: m.DeviceId, PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	superseded := 0
	for _, r := range list.Readings {
		if r.Id == id && r.SupersededBy != "" && !r.Correctable {
			superseded++
		}
	}
	if superseded != 1 {
		t.Errorf("the corrected reading is not beside the other: %v", list)
	}
	if _, err := w.customer.Readings.GetUsage(ctx, &portalv1.GetUsageRequest{Scope: &portalv1.UsageScope{}}); err != nil {
		t.Error(err)
	}

	if _, err := w.admin.ReadingDesk.SetCountry(ctx, &backofficev1.SetCountryRequest{OperationId: uuid.NewString(), Country: "NO", BulkReadings: true}); err != nil {
		t.Fatal(err)
	}
	file := "Serienummer;Dato;Svart\n" + m.SerialNumber + ";2001-01-01;1\nDEMO-INGEN;2001-01-01;1\n"
	begun, err := w.customer.Readings.StartUpload(ctx, &portalv1.StartUploadRequest{OperationId: uuid.NewString(), FileName: "x.csv", Size: int64(len(file))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.customer.Readings.SendPiece(ctx, &portalv1.SendPieceRequest{OperationId: uuid.NewString(), UploadId: begun.UploadId, Data: []byte(file)}); err != nil {
		t.Fatal(err)
	}
	checked, err := w.customer.Readings.CheckUpload(ctx, &portalv1.CheckUploadRequest{OperationId: uuid.NewString(), UploadId: begun.UploadId})
	if err != nil || checked.Upload.Rows != 2 || checked.Upload.Refused == 0 {
		t.Fatal(checked, err)
	}
	rows, err := w.customer.Readings.ListUploadRows(ctx, &portalv1.ListUploadRowsRequest{UploadId: begun.UploadId})
	if err != nil || len(rows.Rows) != 2 || rows.Rows[1].Problems[0].Reason != "device_not_found" {
		t.Fatal(rows, err)
	}
	if got, err := w.customer.Readings.ApplyUpload(ctx, &portalv1.ApplyUploadRequest{OperationId: uuid.NewString(), UploadId: begun.UploadId}); err != nil ||
		got.Upload.State != portalv1.UploadState_UPLOAD_STATE_APPLIED {
		t.Fatal(got, err)
	}
}
