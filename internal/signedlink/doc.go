// Package signedlink makes tokens for links in mails that cannot be forged and expire.
//
//	keys := signedlink.New(db)
//	token, err := keys.Sign(ctx, tx, "reading", person.String(), tx.Now().Add(30*24*time.Hour))
//	subject, err := keys.Open(ctx, "reading", token) // person.String()
//
// A token names the version of its form, the key, what it is for, whom or what it is about and until when it is good, under
// an HMAC-SHA256. Its content is no secret. The keys are in the database, where all servers find them; Rotate makes a new one,
// and what older ones signed stays good until it expires.
//
// Guarantees:
//
//   - A token of ours that is still good opens; one that has expired is told apart; anything else, one for another purpose
//     among them, is unknown. Signatures are compared in constant time.
//   - A token is no permission: whoever opens one is asked for a session as always.
package signedlink
