// Package rpc serves utsendt.identity.v1: sign-in and sessions for people in a browser.
//
//	sessions := identityrpc.NewHandler(people)
//	mux.Handle(identityv1connect.NewSessionServiceHandler(sessions, options...))
//
// [Access] is the part of the server's access table that belongs to it. [SignIn] and [SignOut] are for the
// phone's handler, which answers with the token in place of a cookie.
package rpc
