// Package identity knows the people: who they are, how they come in, and how they come back in.
//
// An [Actor] is whoever a change is made for; the server puts it into the context of every call
// ([WithActor], [ActorFrom]) and the domain asks it before it does anything. The server's own work is done
// as [System].
//
//	people := identity.New(db, identity.Config{BaseURL: "https://utsendt.example.com"})
//	people.UseMail(mailer)
//	people.RegisterWorkers(workers)
//	people.UseJobs(client)
//	token, session, person, err := people.SignIn(ctx, userID, password, identity.SessionWeb, label, address)
//	actor, session, err := people.Authenticate(ctx, token, address)
//
// Ways in: SignIn with a password; BeginPasskeySignIn and FinishPasskeySignIn with a passkey. Ways back in:
// StartRecovery and AnswerRecovery by two security questions, RemindUserID. Ways to get here: SignUp,
// ConfirmSignUp and the staff's ApproveSignUp; Migrate and NewPerson.PasswordHash for people from another
// system. What people keep themselves: UpdateMe, ConfirmEmail, ChangePassword, SetSecurityQuestions, passkeys,
// their sessions.
//
// Guarantees:
//
//   - An unknown user ID, a disabled person and a wrong password cost the same work and get the same answer
//     (Unauthenticated, "sign_in_failed"), no sooner than a third of a second after they were asked about.
//   - Everything that is open to everyone answers the same, after the same statements and hashes, whether
//     there is such a person, account or address: what depends on that is done by a job afterwards. A test
//     compares the work.
//   - Guessing is held back per user ID and per address by a wait that grows with each failure
//     (Limited, "sign_in_limited"), and so are mails that anybody may cause. The count lives in the database:
//     it holds for any number of servers, and attempts made at once cannot outrun it.
//   - Passwords and the answers to security questions are stored as argon2id hashes, tokens and temporary
//     passwords as SHA-256 hashes; none can be read back. Temporary passwords and the tokens of links are made
//     by [Service.Secret] at the moment their mail is sent: they lie in no job, ledger or log.
//   - A temporary password is good once and for half an hour, and only to choose a new one. The password before
//     it goes on until it is used: nobody can lock others out.
//   - People from another system come in with their old password ([ValidHash]), and can do nothing but choose a
//     new one; only then is their hash replaced, and the account activated. The database holds to that too.
//   - A link, a challenge, an approval counts once, however many people and servers try at once.
//   - Disabling a person or setting their password ends all their sessions; a sign-in that runs meanwhile
//     does not slip through.
//   - Times come from the database's clock ([postgres.DB.Now]).
//
// Whoever must choose a new password is held back from all else, but for sessions begun with a passkey: the
// password may be known to somebody else, the passkey is not.
//
// A web session ends 12 hours after its last use and 30 days after sign-in, whichever comes first; a device
// session 90 days after its last use. Use is written at most once a minute.
package identity
