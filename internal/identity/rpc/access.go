package rpc

import (
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
)

// Access gives the rules of SessionService. Signing out is open, for it succeeds without a session too.
func Access() rpc.Access {
	return rpc.Access{
		identityv1connect.SessionServiceSignInProcedure:         rpc.Everyone,
		identityv1connect.SessionServiceSignOutProcedure:        rpc.Everyone,
		identityv1connect.SessionServiceGetMeProcedure:          rpc.SignedIn.BeforeNewPassword(),
		identityv1connect.SessionServiceChangePasswordProcedure: rpc.SignedIn.BeforeNewPassword(),
		identityv1connect.SessionServiceSetLanguageProcedure:    rpc.SignedIn,
		identityv1connect.SessionServiceListSessionsProcedure:   rpc.SignedIn,
		identityv1connect.SessionServiceEndSessionProcedure:     rpc.SignedIn,
	}
}
