package archive

// leftOut are the tables that are in no archive, each with the reason.
var leftOut = map[string]string{
	"sessions": "Who is signed in: a secret, and worth nothing elsewhere.", "passkeys": "Bound to the host name they were made for; people add them anew.",
	"passkey_ceremonies": "Half a minute of a sign-in.", "security_answers": "Secrets.", "temporary_passwords": "Secrets.", "identity_keys": "Secrets.",
	"signing_keys": "Secrets. Links in mails that were sent before work no longer; shared links must be made anew.", "mail_signing_key": "A secret.",
	"vapid_keys": "Secrets.", "push_subscriptions": "Made with a key that stays behind; browsers make new ones when their pages are opened.",
	"recoveries": "A forgotten password under way.", "user_id_reminders": "A forgotten user ID under way.", "email_changes": "Links that wait to be clicked.",
	"sign_in_throttle": "Counted attempts.", "registration_throttle": "Counted attempts.",
	"position_history":     "Where technicians were: thrown away after the retention time, and not to be kept by copying.",
	"technician_positions": "Where technicians are now: their phones tell anew.",
}

// withheld are the columns that come out empty.
var withheld = map[string]map[string]bool{
	"people":   {"password_hash": true}, // a new password by staff, as after an import
	"sign_ups": {"password_hash": true, "answer1_hash": true, "answer2_hash": true, "token_hash": true},
}

// kept are the rows of tables that are not there as a whole.
var kept = map[string]string{
	// What was not sent yet is a job of this server; the new one would never send it, and say for ever that it will.
	"deliveries": "state NOT IN ('queued', 'retrying')",
	// Others wait for a link or for staff, with a password that stays behind.
	"sign_ups": "state IN ('approved', 'refused')",
}

// machinery begins the names of tables that are the job queue's and the migrations'. Jobs are of one server; what they are for is
// in tables of ours, and what is due periodically becomes due again.
var machinery = []string{"river", "bun_"}
