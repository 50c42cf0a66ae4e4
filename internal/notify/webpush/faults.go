package webpush

import "utsendt/internal/fault"

// ErrBlocked means that an endpoint leads to an address that is not public.
var ErrBlocked = fault.NewInvalid("endpoint", "push_endpoint_private",
	"The push address leads into a private network.")

// errUnresolved means that an endpoint's host has no address at the moment. It may be a mistake in
// the name or a name server that does not answer.
var errUnresolved = fault.New(fault.Unavailable, "push_endpoint_unresolved",
	"The push service's address cannot be found at the moment.", fault.Field("endpoint"))

// invalid is the fault for input that can never be sent. Its reason is the field's:
// push_endpoint_invalid, push_p256dh_invalid, push_auth_invalid, push_payload_invalid,
// push_ttl_invalid, push_urgency_invalid, push_topic_invalid; for the operator also
// push_keys_invalid, push_subject_invalid and push_allowed_hosts_invalid.
func invalid(field, message string) error {
	return fault.NewInvalid(field, "push_"+field+"_invalid", message)
}
