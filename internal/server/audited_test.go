package server_test

import (
	"slices"
	"testing"
)

// A change leaves a line in the audit trail. TestEveryChangeTakesEffectOnce calls every procedure that carries an operation
// id, and again fails where the first call left none, but for these.
var leavesNoLine = map[string]string{
	// Asked by nobody we know, about somebody or nobody: the job behind it leaves a line where it is about somebody.
	"utsendt.identity.v1.AnswerRecoveryRequest": "about nobody here", "utsendt.identity.v1.RemindUserIdRequest": "about nobody here",
	"utsendt.identity.v1.SignUpRequest": "fits no account here; the decision leaves a line",
	// A file that is only looked at.
	"utsendt.portal.v1.StartUploadRequest": "applying it leaves one", "utsendt.portal.v1.SendPieceRequest": "as StartUpload",
	"utsendt.portal.v1.CheckUploadRequest": "as StartUpload",
	"utsendt.mobile.v1.SetDutyRequest":     "who is on duty already does not change",
}

// withoutOperation are the procedures that carry no operation id and are no mere reading, with the reason why they leave
// no line, or where it is tried that they do.
var withoutOperation = map[string]string{
	"SessionService.SignIn":            "a session is a line of its own, with time and address",
	"SessionService.SignOut":           "as SignIn",
	"SessionService.EndSession":        "as SignIn",
	"SessionService.ChangePassword":    "identity: TestChangePassword",
	"SessionService.SetLanguage":       "one's own language is nobody else's business",
	"MobileService.SignIn":             "as SessionService.SignIn",
	"MobileService.SignOut":            "as SignIn",
	"MobileService.ReportPositions":    "positions have a history of their own, which is deleted",
	"MobileService.StreamPositions":    "as ReportPositions",
	"MobileService.WatchJobs":          "reads",
	"MobileService.AppendUpload":       "the announcement leaves a line, and what became of the picture",
	"DispatchService.WatchBoard":       "reads; noted in personal_data_reads",
	"PortalService.WatchRequest":       "reads",
	"PortalService.WatchRequests":      "reads",
	"TrackingService.GetTracking":      "reads; that a link was opened stands in its row",
	"TrackingService.WatchTracking":    "as GetTracking",
	"NotificationService.Subscribe":    "one's own devices for messages",
	"NotificationService.Unsubscribe":  "as Subscribe",
	"NotificationService.SendTest":     "the ledger of messages says so",
	"PasskeyService.BeginRegistration": "a question that nothing follows from until it is answered",
	"PasskeyService.BeginSignIn":       "as BeginRegistration",
	"PasskeyService.FinishSignIn":      "as SessionService.SignIn",
	"RecoveryService.StartRecovery":    "reads",
	"AccountService.ConfirmEmail":      "identity: tests of changed addresses",
	"SignUpService.ConfirmSignUp":      "identity: tests of sign-up",
	"TransferService.Export":           "reads; noted in personal_data_reads",
	"TransferService.ExportAll":        "as Export",
}

// TestEveryMutationIsLookedAt: a procedure that changes something carries an operation id, or is named above with a reason.
func TestEveryMutationIsLookedAt(t *testing.T) {
	t.Parallel()
	left := make(map[string]bool)
	for name := range withoutOperation {
		left[name] = true
	}
	var unknown []string
	for _, p := range procedures() {
		name := string(p.Parent().Name()) + "." + string(p.Name())
		delete(left, name)
		fields := p.Input().Fields()
		if readsOnly(p) || fields.ByName("operation_id") != nil || fields.ByName("operation") != nil {
			continue
		}
		if _, named := withoutOperation[name]; !named {
			unknown = append(unknown, name)
		}
	}
	if slices.Sort(unknown); len(unknown) > 0 {
		t.Errorf("say here why these leave no line in the audit trail: %v", unknown)
	}
	for name := range left {
		t.Errorf("%s is named and does not exist", name)
	}
}
