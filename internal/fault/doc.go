// Package fault holds the one kind of error that may reach a person.
//
// A fault has a kind (what sort of failure it is), a stable reason (a snake_case code that clients
// translate), a message in plain English, and, where it helps, the name of the field it is about and
// parameters for the translated text. The domain returns faults; the server maps each kind to one
// Connect code in one place.
//
//	return fault.NewNotFound("request_not_found", "There is no such service request.")
//	return fault.NewInvalid("phone", "phone_malformed", "The phone number may hold digits and a leading plus only.")
//	return fault.New(fault.WrongState, "visit_already_over", "The visit is over.",
//		fault.Param("state", "completed"))
//
// Guarantees:
//
//   - [From] makes a fault of any error. An error that is not a fault becomes Internal with a message
//     that gives nothing away; the original stays reachable by errors.Unwrap, for the log.
//   - The cause of a fault is never part of Error's text, so it cannot leak through a message.
//   - [KindOf] and [From] look through wrapped errors (fmt.Errorf with %w).
package fault
