package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	"utsendt/proto/gen/utsendt/live/v1/livev1connect"
)

// Access gives the rules of NotificationService: whoever is signed in, for themselves; and of MessageService: staff.
func Access() rpc.Access {
	return rpc.Access{
		livev1connect.NotificationServiceGetPushKeyProcedure:         rpc.SignedIn,
		livev1connect.NotificationServiceSubscribeProcedure:          rpc.SignedIn,
		livev1connect.NotificationServiceUnsubscribeProcedure:        rpc.SignedIn,
		livev1connect.NotificationServiceListSubscriptionsProcedure:  rpc.SignedIn,
		livev1connect.NotificationServiceSendTestProcedure:           rpc.SignedIn,
		livev1connect.NotificationServiceListNotificationsProcedure:  rpc.SignedIn,
		livev1connect.NotificationServiceGetMailPreferencesProcedure: rpc.SignedIn,
		livev1connect.NotificationServiceSetMailPreferencesProcedure: rpc.SignedIn,
		backofficev1connect.MessageServiceListMessagesProcedure:      rpc.Only(identity.RoleDispatcher, identity.RoleAdmin),
	}
}
