package rpc_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"google.golang.org/protobuf/reflect/protoreflect"

	"utsendt/internal/identity"
	"utsendt/internal/jobs"
	"utsendt/internal/notify"
	"utsendt/internal/notify/pushtest"
	notifyrpc "utsendt/internal/notify/rpc"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/rpc"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	"utsendt/proto/gen/utsendt/live/v1/livev1connect"
)

// tokens is a sessions table of the test: the token is the person's id.
type tokens struct{}

func (tokens) Authenticate(_ context.Context, token, _ string) (identity.Actor, identity.Session, error) {
	id, err := uuid.Parse(token)
	if err != nil {
		return identity.Actor{}, identity.Session{}, err
	}
	session := uuid.New()
	return identity.Actor{PersonID: id, Role: identity.RoleDispatcher, Language: "nb", SessionID: session},
		identity.Session{ID: session, PersonID: id, ExpiresAt: time.Now().Add(time.Hour)}, nil
}

func (tokens) Recheck(context.Context, uuid.UUID) (identity.Actor, error) {
	return identity.Actor{}, errors.New("no call here lives that long")
}

func as(ctx context.Context, person uuid.UUID) context.Context {
	ctx, call := connect.NewClientContext(ctx)
	call.RequestHeader().Set("Authorization", "Bearer "+person.String())
	return ctx
}

func expect(t *testing.T, what string, err error, code connect.Code, reason string) {
	t.Helper()
	failure, ok := err.(*connect.Error)
	if !ok || failure.Code() != code {
		t.Errorf("%s: %v", what, err)
		return
	}
	for _, detail := range failure.Details() {
		if value, err := detail.Value(); err == nil {
			if f, ok := value.(*faultv1.Fault); ok && f.GetReason() == reason {
				return
			}
		}
	}
	t.Errorf("%s: no reason %s in %v", what, reason, failure)
}

func TestNotificationServiceOverTheWire(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	push := pushtest.Start(t)
	sender, err := webpush.NewSender(webpush.Config{Subject: "service@example.com", AllowedHosts: []string{push.Host()}})
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	service, err := notify.New(db, notify.Config{Push: sender})
	if err != nil {
		t.Fatal(err)
	}
	workers := river.NewWorkers()
	service.RegisterWorkers(workers)
	client, err := jobs.New(db, workers, jobs.Options{
		PoolConns: 5, FastStart: true, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := service.UseJobs(client); err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer client.Stop(context.Background()) //nolint:errcheck // the test is over
	options, err := rpc.Options(rpc.Config{
		People: tokens{}, Access: notifyrpc.Access(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(livev1connect.NewNotificationServiceHandler(notifyrpc.NewHandler(service), options...))
	server := httptest.NewServer(mux)
	defer server.Close()
	api := livev1connect.NewNotificationServiceClient(server.Client(), server.URL)

	mine, theirs := person(t, db), person(t, db)
	ctx := t.Context()

	_, err = api.GetPushKey(ctx, &livev1.GetPushKeyRequest{})
	expect(t, "without a session", err, connect.CodeUnauthenticated, "sign_in_required")
	key, err := api.GetPushKey(as(ctx, mine), &livev1.GetPushKeyRequest{})
	if err != nil || len(key.GetPublicKey()) != 87 {
		t.Fatalf("key %v, %v", key, err)
	}
	_, err = api.SendTest(as(ctx, mine), &livev1.SendTestRequest{})
	expect(t, "test without a browser", err, connect.CodeFailedPrecondition, "no_subscription")

	phone := push.NewPhone(t)
	sub := phone.Subscription()
	request := &livev1.SubscribeRequest{
		Endpoint: sub.Endpoint, P256Dh: sub.P256dh, Auth: sub.Auth, Label: "Firefox", PublicKey: key.GetPublicKey(),
	}
	stored, err := api.Subscribe(as(ctx, mine), request)
	if err != nil {
		t.Fatal(err)
	}
	if s := stored.GetSubscription(); s.GetLabel() != "Firefox" || s.GetPushService() != push.Host() || s.GetRenew() ||
		s.LastDeliveredAt != nil || s.GetCreatedAt() == nil {
		t.Errorf("stored %v", s)
	}
	_, err = api.Subscribe(as(ctx, mine), &livev1.SubscribeRequest{Endpoint: "https://10.0.0.1/x", P256Dh: sub.P256dh, Auth: sub.Auth})
	expect(t, "private endpoint", err, connect.CodeInvalidArgument, "push_endpoint_private")

	sent, err := api.SendTest(as(ctx, mine), &livev1.SendTestRequest{SubscriptionId: stored.GetSubscription().GetId()})
	if err != nil || sent.GetQueued() != 1 {
		t.Fatalf("sent %v, %v", sent, err)
	}
	waiting, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if _, err := phone.Wait(waiting, 1); err != nil {
		t.Fatal(err)
	}
	var newest *livev1.Notification
	for newest.GetDeliveries() == nil || newest.GetDeliveries()[0].GetState() != livev1.DeliveryState_DELIVERY_STATE_SENT {
		list, err := api.ListNotifications(as(waiting, mine), &livev1.ListNotificationsRequest{})
		if err != nil {
			t.Fatalf("waiting for the ledger: %v; it has %v", err, newest)
		}
		newest = list.GetNotifications()[0]
	}
	if d := newest.GetDeliveries()[0]; newest.GetKind() != "test" || d.GetChannel() != "push" || d.GetTo() != "Firefox" ||
		d.GetAttempts() != 1 || d.GetLastStatus() != 201 || d.GetUpdatedAt() == nil {
		t.Errorf("the ledger says %v", newest)
	}
	list, err := api.ListSubscriptions(as(ctx, mine), &livev1.ListSubscriptionsRequest{})
	if err != nil || len(list.GetSubscriptions()) != 1 || list.GetSubscriptions()[0].GetLastDeliveredAt() == nil {
		t.Errorf("subscriptions %v, %v", list, err)
	}
	if list, err := api.ListSubscriptions(as(ctx, theirs), &livev1.ListSubscriptionsRequest{}); err != nil || len(list.GetSubscriptions()) != 0 {
		t.Errorf("somebody else sees %v, %v", list, err)
	}
	_, err = api.Unsubscribe(as(ctx, theirs), &livev1.UnsubscribeRequest{Id: stored.GetSubscription().GetId()})
	expect(t, "someone else's", err, connect.CodeNotFound, "subscription_not_found")
	if _, err := api.Unsubscribe(as(ctx, mine), &livev1.UnsubscribeRequest{Endpoint: sub.Endpoint}); err != nil {
		t.Error(err)
	}
	_, err = api.ListNotifications(as(ctx, mine), &livev1.ListNotificationsRequest{PageToken: "nonsense"})
	expect(t, "token", err, connect.CodeInvalidArgument, "page_token_invalid")
}

func person(t *testing.T, db *postgres.DB) uuid.UUID {
	t.Helper()
	id := uuid.New()
	if _, err := db.NewRaw(`INSERT INTO people (id, user_id, role, language, created_at, updated_at)
		VALUES (?, ?, 'dispatcher', 'nb', now(), now())`, id, "p-"+id.String()).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestEveryProcedureHasARule(t *testing.T) {
	t.Parallel()
	file := []protoreflect.FileDescriptor{
		livev1.File_utsendt_live_v1_notification_service_proto, backofficev1.File_utsendt_backoffice_v1_message_service_proto,
	}
	if missing := notifyrpc.Access().Missing(file...); len(missing) != 0 {
		t.Errorf("no rule for %v", missing)
	}
	if unknown := notifyrpc.Access().Unknown(file...); len(unknown) != 0 {
		t.Errorf("rules for nothing: %v", unknown)
	}
}

// Every state of the ledger has its own in the API.
func TestEveryStateIsTranslated(t *testing.T) {
	t.Parallel()
	var seen []livev1.DeliveryState
	for _, state := range []notify.State{notify.Queued, notify.Sent, notify.Retrying, notify.Failed, notify.Gone, notify.Superseded, notify.Withheld} {
		translated := notifyrpc.States[state]
		if translated == livev1.DeliveryState_DELIVERY_STATE_UNSPECIFIED || slices.Contains(seen, translated) {
			t.Errorf("%s becomes %v", state, translated)
		}
		seen = append(seen, translated)
	}
	if len(seen) != len(livev1.DeliveryState_name)-1 {
		t.Errorf("the API has states that nothing becomes: %v", livev1.DeliveryState_name)
	}
}
