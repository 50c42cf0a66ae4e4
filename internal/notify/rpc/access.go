package rpc

import (
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/live/v1/livev1connect"
)

// Access gives the rules of NotificationService: whoever is signed in, for themselves.
func Access() rpc.Access {
	return rpc.Access{
		livev1connect.NotificationServiceGetPushKeyProcedure:        rpc.SignedIn,
		livev1connect.NotificationServiceSubscribeProcedure:         rpc.SignedIn,
		livev1connect.NotificationServiceUnsubscribeProcedure:       rpc.SignedIn,
		livev1connect.NotificationServiceListSubscriptionsProcedure: rpc.SignedIn,
		livev1connect.NotificationServiceSendTestProcedure:          rpc.SignedIn,
		livev1connect.NotificationServiceListNotificationsProcedure: rpc.SignedIn,
	}
}
