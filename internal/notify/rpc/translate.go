package rpc

import (
	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/notify"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
)

var states = map[notify.State]livev1.DeliveryState{
	notify.Queued:     livev1.DeliveryState_DELIVERY_STATE_QUEUED,
	notify.Sent:       livev1.DeliveryState_DELIVERY_STATE_SENT,
	notify.Retrying:   livev1.DeliveryState_DELIVERY_STATE_RETRYING,
	notify.Failed:     livev1.DeliveryState_DELIVERY_STATE_FAILED,
	notify.Gone:       livev1.DeliveryState_DELIVERY_STATE_GONE,
	notify.Superseded: livev1.DeliveryState_DELIVERY_STATE_SUPERSEDED,
	notify.Withheld:   livev1.DeliveryState_DELIVERY_STATE_WITHHELD,
}

var classes = map[livev1.MailClass]notify.Class{
	livev1.MailClass_MAIL_CLASS_REQUESTS:      notify.Requests,
	livev1.MailClass_MAIL_CLASS_ORDERS:        notify.Orders,
	livev1.MailClass_MAIL_CLASS_READINGS:      notify.Readings,
	livev1.MailClass_MAIL_CLASS_REGISTRATIONS: notify.Registrations,
	livev1.MailClass_MAIL_CLASS_WORK:          notify.Work,
	livev1.MailClass_MAIL_CLASS_SECURITY:      notify.Security,
	livev1.MailClass_MAIL_CLASS_NEW_REQUESTS:  notify.NewRequests,
}

// classNumbers are classes the other way round.
var classNumbers = func() map[notify.Class]livev1.MailClass {
	numbers := make(map[notify.Class]livev1.MailClass, len(classes))
	for number, class := range classes {
		numbers[class] = number
	}
	return numbers
}()

func preferenceMessages(list []notify.Preference) []*livev1.MailPreference {
	messages := make([]*livev1.MailPreference, 0, len(list))
	for _, p := range list {
		messages = append(messages, &livev1.MailPreference{
			MailClass: classNumbers[p.Class], On: p.On, CanTurnOff: p.CanTurnOff,
		})
	}
	return messages
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
	m.Deliveries = deliveryMessages(n.Deliveries)
	return m
}

// staffMessage is a message as staff see it.
func staffMessage(n notify.Notification) *backofficev1.Message {
	m := &backofficev1.Message{
		Id: n.ID.String(), Kind: string(n.Kind), MailClass: classNumbers[n.Kind.Class()], PersonName: n.PersonName,
		SubjectKind: n.SubjectKind, Language: n.Language, Title: n.Title, Body: n.Body, Url: n.URL,
		CreatedAt: timestamppb.New(n.CreatedAt), Deliveries: deliveryMessages(n.Deliveries),
	}
	if n.PersonID != uuid.Nil {
		m.PersonId = n.PersonID.String()
	}
	if n.SubjectID != uuid.Nil {
		m.SubjectId = n.SubjectID.String()
	}
	return m
}

func deliveryMessages(list []notify.Delivery) []*livev1.Delivery {
	messages := make([]*livev1.Delivery, 0, len(list))
	for _, d := range list {
		messages = append(messages, &livev1.Delivery{
			State: states[d.State], Channel: string(d.Channel), To: d.Recipient, Attempts: int32(d.Attempts),
			LastStatus: int32(d.LastStatus), LastError: d.LastError, UpdatedAt: timestamppb.New(d.UpdatedAt),
		})
	}
	return messages
}
