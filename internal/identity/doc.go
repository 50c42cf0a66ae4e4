// Package identity knows the people, their roles, their sessions and their passwords.
//
// An [Actor] is whoever a change is made for; the server puts it into the context of every call
// ([WithActor], [ActorFrom]) and the domain asks it before it does anything. The server's own work is done
// as [System].
//
//	people := identity.New(db, identity.Config{})
//	token, session, person, err := people.SignIn(ctx, userID, password, identity.SessionWeb, label, address)
//	actor, session, err := people.Authenticate(ctx, token, address)
//
// Guarantees:
//
//   - An unknown user ID, a disabled person and a wrong password cost the same work and get the same answer
//     (Unauthenticated, "sign_in_failed").
//   - Guessing is held back per user ID and per address by a wait that grows with each failure
//     (Limited, "sign_in_limited"). The count lives in the database: it holds for any number of servers, and
//     attempts made at once cannot outrun it.
//   - Passwords are stored as argon2id hashes and tokens as SHA-256 hashes; neither can be read back.
//   - Disabling a person or setting their password ends all their sessions; a sign-in that runs meanwhile
//     does not slip through.
//   - Times come from the database's clock ([postgres.DB.Now]).
//
// A web session ends 12 hours after its last use and 30 days after sign-in, whichever comes first; a device
// session 90 days after its last use. Use is written at most once a minute.
package identity
