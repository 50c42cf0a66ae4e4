package rpc

import (
	"context"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	"utsendt/proto/gen/utsendt/live/v1/livev1connect"
)

// Handler is NotificationService.
type Handler struct{ notifications *notify.Service }

var _ livev1connect.NotificationServiceHandler = (*Handler)(nil)

// NewHandler serves the notifications.
func NewHandler(notifications *notify.Service) *Handler { return &Handler{notifications} }

// GetPushKey gives the key that browsers subscribe with.
func (h *Handler) GetPushKey(ctx context.Context, _ *livev1.GetPushKeyRequest) (*livev1.GetPushKeyResponse, error) {
	keys, err := h.notifications.CurrentKey(ctx)
	if err != nil {
		return nil, err
	}
	return &livev1.GetPushKeyResponse{PublicKey: keys.Public()}, nil
}

// Subscribe stores a browser.
func (h *Handler) Subscribe(ctx context.Context, req *livev1.SubscribeRequest) (*livev1.SubscribeResponse, error) {
	stored, err := h.notifications.Subscribe(ctx, identity.Caller(ctx), notify.NewSubscription{
		Endpoint: req.GetEndpoint(), P256dh: req.GetP256Dh(), Auth: req.GetAuth(),
		Label: req.GetLabel(), PublicKey: req.GetPublicKey(),
	})
	if err != nil {
		return nil, err
	}
	return &livev1.SubscribeResponse{Subscription: subscriptionMessage(stored)}, nil
}

// Unsubscribe removes a browser.
func (h *Handler) Unsubscribe(ctx context.Context, req *livev1.UnsubscribeRequest) (*livev1.UnsubscribeResponse, error) {
	if err := h.notifications.Unsubscribe(ctx, identity.Caller(ctx), req.GetId(), req.GetEndpoint()); err != nil {
		return nil, err
	}
	return &livev1.UnsubscribeResponse{}, nil
}

// ListSubscriptions gives the person's browsers.
func (h *Handler) ListSubscriptions(ctx context.Context, _ *livev1.ListSubscriptionsRequest,
) (*livev1.ListSubscriptionsResponse, error) {
	list, err := h.notifications.ListSubscriptions(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	res := &livev1.ListSubscriptionsResponse{}
	for _, subscription := range list {
		res.Subscriptions = append(res.Subscriptions, subscriptionMessage(subscription))
	}
	return res, nil
}

// SendTest queues a test message.
func (h *Handler) SendTest(ctx context.Context, req *livev1.SendTestRequest) (*livev1.SendTestResponse, error) {
	queued, err := h.notifications.SendTest(ctx, identity.Caller(ctx), req.GetSubscriptionId())
	if err != nil {
		return nil, err
	}
	return &livev1.SendTestResponse{Queued: int32(queued)}, nil
}

// ListNotifications gives what was sent to the person.
func (h *Handler) ListNotifications(ctx context.Context, req *livev1.ListNotificationsRequest,
) (*livev1.ListNotificationsResponse, error) {
	page, next, err := h.notifications.ListNotifications(ctx, identity.Caller(ctx), int(req.GetPageSize()), req.GetPageToken())
	if err != nil {
		return nil, err
	}
	res := &livev1.ListNotificationsResponse{NextPageToken: next}
	for _, n := range page {
		res.Notifications = append(res.Notifications, notificationMessage(n))
	}
	return res, nil
}

// GetMailPreferences gives the person's switches.
func (h *Handler) GetMailPreferences(ctx context.Context, _ *livev1.GetMailPreferencesRequest,
) (*livev1.GetMailPreferencesResponse, error) {
	list, err := h.notifications.MailPreferences(ctx, identity.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return &livev1.GetMailPreferencesResponse{Preferences: preferenceMessages(list)}, nil
}

// SetMailPreferences turns classes of mail on or off.
func (h *Handler) SetMailPreferences(ctx context.Context, req *livev1.SetMailPreferencesRequest,
) (*livev1.SetMailPreferencesResponse, error) {
	operation, err := uuid.Parse(req.GetOperationId())
	if err != nil {
		return nil, fault.NewInvalid("operation_id", "operation_id_missing", "The operation needs an id of its own.")
	}
	changes := make([]notify.Preference, 0, len(req.GetPreferences()))
	for _, p := range req.GetPreferences() {
		changes = append(changes, notify.Preference{Class: classes[p.GetMailClass()], On: p.GetOn()})
	}
	list, err := h.notifications.SetMailPreferences(ctx, identity.Caller(ctx), operation, changes)
	if err != nil {
		return nil, err
	}
	return &livev1.SetMailPreferencesResponse{Preferences: preferenceMessages(list)}, nil
}
