package rpc

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/notify"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
)

var states = map[notify.State]livev1.DeliveryState{
	notify.Queued:     livev1.DeliveryState_DELIVERY_STATE_QUEUED,
	notify.Sent:       livev1.DeliveryState_DELIVERY_STATE_SENT,
	notify.Retrying:   livev1.DeliveryState_DELIVERY_STATE_RETRYING,
	notify.Failed:     livev1.DeliveryState_DELIVERY_STATE_FAILED,
	notify.Gone:       livev1.DeliveryState_DELIVERY_STATE_GONE,
	notify.Superseded: livev1.DeliveryState_DELIVERY_STATE_SUPERSEDED,
}

func subscriptionMessage(s notify.Subscription) *livev1.Subscription {
	m := &livev1.Subscription{
		Id: s.ID.String(), Label: s.Label, PushService: s.PushService, CreatedAt: timestamppb.New(s.CreatedAt),
		Failures: int32(s.Failures), Renew: s.Renew,
	}
	if s.LastDeliveredAt != nil {
		m.LastDeliveredAt = timestamppb.New(*s.LastDeliveredAt)
	}
	return m
}

func notificationMessage(n notify.Notification) *livev1.Notification {
	m := &livev1.Notification{
		Id: n.ID.String(), Kind: string(n.Kind), Title: n.Title, Body: n.Body, Url: n.URL,
		CreatedAt: timestamppb.New(n.CreatedAt),
	}
	for _, d := range n.Deliveries {
		m.Deliveries = append(m.Deliveries, &livev1.Delivery{
			State: states[d.State], Channel: string(d.Channel), To: d.Recipient, Attempts: int32(d.Attempts),
			LastStatus: int32(d.LastStatus), LastError: d.LastError, UpdatedAt: timestamppb.New(d.UpdatedAt),
		})
	}
	return m
}
