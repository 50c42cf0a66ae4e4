// Package rpc serves utsendt.identity.v1 (sign-in, sessions, my account, ways back in, sign-up, passkeys) and the
// staff's side of sign-ups, utsendt.backoffice.v1.SignUpService.
//
//	sessions := identityrpc.NewHandler(people)
//	mux.Handle(identityv1connect.NewSessionServiceHandler(sessions, options...))
//
// [Access] is the part of the server's access table that belongs to it. [SignIn] and [SignOut] are for the
// phone's handler, which answers with the token in place of a cookie.
package rpc
