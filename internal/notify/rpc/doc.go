// Package rpc serves utsendt.live.v1.NotificationService: push subscriptions and what was sent, for
// whoever is signed in.
//
//	mux.Handle(livev1connect.NewNotificationServiceHandler(notifyrpc.NewHandler(notifications), options...))
//
// [Access] is the part of the server's access table that belongs to it. The handler only translates; the
// rules are package notify's.
package rpc
