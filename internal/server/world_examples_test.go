package server_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// valid gives a message that a procedure would take from whoever may call it, with every field filled in, so that a
// test can spoil one at a time. A new procedure must be given one here.
func (w *world) valid(t *testing.T, p procedure) proto.Message {
	t.Helper()
	op, id, request := servertest.Op(), uuid.NewString(), w.request.Id
	now := timestamppb.Now()
	window := &dispatchv1.Window{Start: timestamppb.New(time.Now().Add(time.Hour)), End: timestamppb.New(time.Now().Add(3 * time.Hour))}
	contact := &dispatchv1.Contact{Name: "Ola Eksempel", Phone: "+47 000 00 000", Email: "ola@example.com"}
	speed, heading, battery := 10.0, 90.0, 0.5
	fixes := &mobilev1.ReportPositionsRequest{SentPhoneTime: now, Battery: &battery, Fixes: []*mobilev1.Fix{{
		Point: &livev1.Point{Latitude: 59.9, Longitude: 10.7}, AccuracyMetres: 5, Speed: &speed, Heading: &heading, PhoneTime: now,
	}}}
	answers := []*identityv1.SecurityAnswer{{QuestionId: "first_pet", Answer: "Prøve"}, {QuestionId: "first_teacher", Answer: "Eksempel"}}
	messages := []proto.Message{
		&identityv1.SignInRequest{UserId: "kunde01", Password: "wrong"},
		&identityv1.SignOutRequest{}, &identityv1.GetMeRequest{}, &identityv1.ListSessionsRequest{},
		&identityv1.SetLanguageRequest{Language: "nb"},
		&identityv1.EndSessionRequest{SessionId: id},
		&identityv1.ChangePasswordRequest{CurrentPassword: "wrong", NewPassword: "fire lange ord om skrivere"},
		&identityv1.UpdateMeRequest{
			OperationId: id, FirstName: "Demo", LastName: "Eksempel", Title: "x", Phone: "+47 000 00 000", Email: "ny@example.com", Language: "nb",
		},
		&identityv1.ConfirmEmailRequest{Token: "uts_x"},
		&identityv1.SetSecurityQuestionsRequest{OperationId: id, CurrentPassword: "wrong", Answers: answers},
		&identityv1.ListSecurityQuestionsRequest{Language: "nb"},
		&identityv1.StartRecoveryRequest{UserId: "kunde01", Language: "nb"},
		&identityv1.AnswerRecoveryRequest{OperationId: id, UserId: "nobody", Answers: []string{"x", "y"}},
		&identityv1.RemindUserIdRequest{OperationId: id, FirstName: "Ola", LastName: "Eksempel", Email: "ola@example.com"},
		&identityv1.SignUpRequest{
			OperationId: id, AccountNumber: "K-0", PostalCode: "0000", FirstName: "Ola", LastName: "Eksempel", Title: "x",
			Email: "ola@example.com", Phone: "+47 000 00 000", Language: "nb", Password: "fire lange ord om skrivere", Answers: answers,
		},
		&identityv1.ConfirmSignUpRequest{Token: "uts_x"},
		&identityv1.BeginRegistrationRequest{}, &identityv1.ListPasskeysRequest{}, &identityv1.BeginSignInRequest{},
		&identityv1.FinishRegistrationRequest{OperationId: op.Id, CeremonyId: id, CredentialJson: "{}", Name: "x"},
		&identityv1.RenamePasskeyRequest{OperationId: op.Id, PasskeyId: id, Name: "x"},
		&identityv1.RemovePasskeyRequest{OperationId: op.Id, PasskeyId: id},
		&identityv1.FinishSignInRequest{CeremonyId: id, CredentialJson: "{}"},
		&backofficev1.ListSignUpsRequest{}, &backofficev1.ApproveSignUpRequest{OperationId: op.Id, SignUpId: id},
		&backofficev1.RefuseSignUpRequest{OperationId: op.Id, SignUpId: id, Reason: "x"},

		&livev1.GetPushKeyRequest{}, &livev1.ListSubscriptionsRequest{},
		&livev1.SubscribeRequest{
			Endpoint: "https://push.example.com/x", P256Dh: strings.Repeat("A", 87), Auth: strings.Repeat("A", 22), Label: "x", PublicKey: strings.Repeat("A", 87),
		},
		&livev1.UnsubscribeRequest{Id: id, Endpoint: "https://push.example.com/x"},
		&livev1.SendTestRequest{SubscriptionId: id}, &livev1.ListNotificationsRequest{},
		&livev1.GetMailPreferencesRequest{},
		&livev1.SetMailPreferencesRequest{OperationId: id, Preferences: []*livev1.MailPreference{{MailClass: livev1.MailClass_MAIL_CLASS_SECURITY, On: true}}},
		&backofficev1.ListMessagesRequest{SubjectKind: "request", SubjectId: request, PersonId: id},

		&dispatchv1.ListRequestsRequest{States: []dispatchv1.RequestState{1}},
		&dispatchv1.GetRequestRequest{Id: request},
		&dispatchv1.ListEndedVisitsRequest{Since: now, TechnicianId: w.technicianID, PageSize: 10},
		&dispatchv1.ListVisitsRequest{RequestId: request}, &portalv1.ListVisitsRequest{RequestId: request},
		&mobilev1.ListVisitsRequest{RequestId: request}, &mobilev1.GetGuideRequest{Slug: "no-such-article"},
		&mobilev1.ListOperationsRequest{Ids: []string{id, uuid.NewString()}},
		&mobilev1.StartUploadRequest{
			OperationId: id, RequestId: request, VisitId: w.visitID, Kind: dispatchv1.VisitFileKind_VISIT_FILE_KIND_PHOTO, Size: 1000, Sha256: make([]byte, 32),
		},
		&mobilev1.AppendUploadRequest{UploadId: w.visitUpload, Data: []byte("x")}, &mobilev1.GetUploadRequest{UploadId: w.visitUpload},
		&dispatchv1.OpenRequestRequest{
			OperationId: id, SerialNumber: w.devices[1].SerialNumber, Category: 1, Description: "x", Contact: contact, Priority: 1,
			ResolveBy: window.End, Parts: []string{"X-1"},
		},
		&dispatchv1.ListCandidatesRequest{RequestId: request},
		&dispatchv1.AssignRequest{OperationId: id, RequestId: request, TechnicianId: w.technicianID, NotBefore: now},
		&dispatchv1.AutoAssignRequest{OperationId: id, RequestId: request},
		&dispatchv1.ReassignRequest{OperationId: id, RequestId: request, TechnicianId: w.colleagueID, Reason: "x", NotBefore: now},
		&dispatchv1.RecallRequest{OperationId: id, RequestId: request, Reason: "x"},
		&dispatchv1.CancelRequest{OperationId: id, RequestId: request, Reason: "x"},
		&dispatchv1.ScheduleRequest{OperationId: id, RequestId: request, Window: window},
		&dispatchv1.AddNoteRequest{OperationId: id, RequestId: request, Text: "x"},
		&dispatchv1.ListTechniciansRequest{}, &dispatchv1.WatchBoardRequest{},

		&mobilev1.SignInRequest{UserId: "tekniker01", Password: "wrong", DeviceName: "x"},
		&mobilev1.SignOutRequest{}, &mobilev1.GetMeRequest{}, &mobilev1.ListJobsRequest{}, &mobilev1.WatchJobsRequest{},
		&mobilev1.SetDutyRequest{Operation: op, OnDuty: true},
		&mobilev1.GetJobRequest{RequestId: request},
		&mobilev1.AcceptRequest{Operation: op, RequestId: request},
		&mobilev1.DeclineRequest{Operation: op, RequestId: request, Reason: "x"},
		&mobilev1.EnRouteRequest{Operation: op, RequestId: request},
		&mobilev1.OnSiteRequest{Operation: op, RequestId: request},
		&mobilev1.CompleteRequest{
			Operation: op, RequestId: request, Outcome: 1, Text: "x", PartsMissing: []string{"X-2"},
			PartsUsed: []*mobilev1.PartUsed{{PartNumber: "X-1", Quantity: 1}}, Readings: []*mobilev1.CounterReading{{Counter: "black", Value: 1}},
		},
		fixes, &mobilev1.StreamPositionsRequest{Batch: fixes},

		&portalv1.ListDevicesRequest{},
		&portalv1.OpenRequestRequest{
			OperationId: id, DeviceId: w.devices[1].Id, Category: 1, Description: "x", ContactName: "Ola Eksempel",
			ContactPhone: "+47 000 00 000", ContactEmail: "ola@example.com", Window: window, PhotoIds: []string{uuid.NewString()},
			Address: &portalv1.ServiceAddress{
				Line1: "Eksempelgata 2", Line2: "x", Line3: "x", PostalCode: "0155", City: "Oslo", Permanent: true, Reason: "x",
			},
		},
		&portalv1.ListRequestsRequest{}, &portalv1.GetRequestRequest{Id: request}, &portalv1.WatchRequestRequest{Id: request},
		&portalv1.WatchRequestsRequest{}, &portalv1.GetOverviewRequest{}, &portalv1.ListFaultCategoriesRequest{DeviceId: w.devices[1].Id},
		&portalv1.UpdateRequestRequest{OperationId: id, RequestId: request, Text: "x", PhotoIds: []string{uuid.NewString()}},
		&portalv1.UploadPhotoRequest{OperationId: id, Data: []byte("x")}, &portalv1.ListPhotosRequest{RequestId: request},
		&portalv1.QuickSearchRequest{Kind: portalv1.SearchKind_SEARCH_KIND_REQUEST, Text: w.request.Number},

		&portalv1.ListSupportContactsRequest{Language: "nb", Country: "NO"},
		&portalv1.SearchArticlesRequest{Query: "toner", Topic: 2, Language: "nb", DeviceId: w.devices[0].Id},
		&portalv1.GetArticleRequest{Slug: "no-such-article", Language: "en"},
		&portalv1.MeterGuideRequest{DeviceId: w.devices[0].Id, Language: "nb"},
		&portalv1.SuggestArticlesRequest{DeviceId: w.devices[0].Id, Category: 1, Language: "nb"},
		&backofficev1.ListArticlesRequest{Query: "toner", Topic: 2, Language: "nb"},
		&backofficev1.GetArticleRequest{Slug: "no-such-article"}, &backofficev1.PreviewArticleRequest{Markdown: "x"},
		&backofficev1.CreateArticleRequest{OperationId: id, Content: articleContent()},
		&backofficev1.UpdateArticleRequest{OperationId: id, Id: uuid.NewString(), Version: 1, Content: articleContent()},
		&backofficev1.DeleteArticleRequest{OperationId: id, Id: uuid.NewString(), Version: 1},
		&backofficev1.SetArticleWithdrawnRequest{OperationId: id, Id: uuid.NewString(), Version: 1, Withdrawn: true},
	}
	messages = append(messages, validOffice()...)
	messages = append(messages, w.supplyExamples()...)
	messages = append(messages, w.readingExamples()...)
	messages = append(messages, w.registrationExamples()...)
	messages = append(messages, w.trackingExamples()...)
	i := slices.IndexFunc(messages, func(m proto.Message) bool {
		return m.ProtoReflect().Descriptor().FullName() == p.Input().FullName()
	})
	if i < 0 {
		t.Fatalf("%s has no example: give it one in valid, so that it is tested too", p.path())
	}
	return messages[i]
}

// articleContent is what staff write of an article.
func articleContent() *backofficev1.ArticleContent {
	return &backofficev1.ArticleContent{
		Slug: "x", Topic: 1, Texts: []*backofficev1.ArticleText{{Language: "nb", Title: "x", Body: "x"}}, Models: []string{"Prøveskriver M100"},
	}
}
