// Package rpc holds what every RPC handler of the server shares: who may call, what errors look like, and
// what input is refused before a handler sees it.
//
//	options, err := rpc.Options(rpc.Config{People: people, Access: access})
//	mux.Handle(identityv1connect.NewSessionServiceHandler(sessions, options...))
//	handler, err := rpc.Edge{Proxies: proxies}.Wrap(mux)
//
// Guarantees, for unary calls and streams, over Connect, gRPC and gRPC-Web alike:
//
//   - A procedure without an access rule is refused always; a call that may not be made is refused before
//     its body is read.
//   - A handler finds the actor in its context (identity.ActorFrom) unless the procedure is open to
//     everyone and the caller has no session.
//   - Every error a handler returns reaches the client with the code of its fault kind, the fault's message,
//     and a utsendt.fault.v1.Fault with the reason. What is not a fault, and every panic, becomes
//     "internal" with an incident id; the cause is in the log under that id and nowhere else.
//   - No string in any request holds a NUL or broken UTF-8; all other text arrives as it was sent.
//   - A stream ends, with Unauthenticated, soon after its session did. Handlers need only heed their context; one that
//     waits for the client is cut off.
//
// The exceptions: a message that is larger than the limit without having said so, one in an unknown encoding, and a
// request that is no RPC are answered by Connect itself, with a code but without a Fault.
package rpc
