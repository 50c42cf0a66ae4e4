package rpc

import (
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
)

// Access gives the rules of the services here. Signing out is open, for it succeeds without a session too; so is
// every way in and back in, and the links of mails, which may be opened in another browser.
func Access() rpc.Access {
	staff := rpc.Only(identity.RoleDispatcher, identity.RoleAdmin)
	return rpc.Access{
		identityv1connect.SessionServiceSignInProcedure:         rpc.Everyone,
		identityv1connect.SessionServiceSignOutProcedure:        rpc.Everyone,
		identityv1connect.SessionServiceGetMeProcedure:          rpc.SignedIn.BeforeNewPassword(),
		identityv1connect.SessionServiceChangePasswordProcedure: rpc.SignedIn.BeforeNewPassword(),
		identityv1connect.SessionServiceSetLanguageProcedure:    rpc.SignedIn,
		identityv1connect.SessionServiceListSessionsProcedure:   rpc.SignedIn,
		identityv1connect.SessionServiceEndSessionProcedure:     rpc.SignedIn,

		identityv1connect.AccountServiceUpdateMeProcedure:             rpc.SignedIn,
		identityv1connect.AccountServiceConfirmEmailProcedure:         rpc.Everyone,
		identityv1connect.AccountServiceSetSecurityQuestionsProcedure: rpc.SignedIn,

		identityv1connect.RecoveryServiceListSecurityQuestionsProcedure: rpc.Everyone,
		identityv1connect.RecoveryServiceStartRecoveryProcedure:         rpc.Everyone,
		identityv1connect.RecoveryServiceAnswerRecoveryProcedure:        rpc.Everyone,
		identityv1connect.RecoveryServiceRemindUserIdProcedure:          rpc.Everyone,

		identityv1connect.SignUpServiceSignUpProcedure:        rpc.Everyone,
		identityv1connect.SignUpServiceConfirmSignUpProcedure: rpc.Everyone,

		identityv1connect.PasskeyServiceBeginRegistrationProcedure:  rpc.SignedIn,
		identityv1connect.PasskeyServiceFinishRegistrationProcedure: rpc.SignedIn,
		identityv1connect.PasskeyServiceListPasskeysProcedure:       rpc.SignedIn,
		identityv1connect.PasskeyServiceRenamePasskeyProcedure:      rpc.SignedIn,
		identityv1connect.PasskeyServiceRemovePasskeyProcedure:      rpc.SignedIn,
		identityv1connect.PasskeyServiceBeginSignInProcedure:        rpc.Everyone,
		identityv1connect.PasskeyServiceFinishSignInProcedure:       rpc.Everyone,

		backofficev1connect.SignUpServiceListSignUpsProcedure:   staff,
		backofficev1connect.SignUpServiceApproveSignUpProcedure: staff,
		backofficev1connect.SignUpServiceRefuseSignUpProcedure:  staff,
	}
}
