package rpc

import (
	"context"
	"fmt"
	"net/http"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

// Authenticator knows sessions; *identity.Service is one.
type Authenticator interface {
	// Authenticate gives the holder of a token, or Unauthenticated.
	Authenticate(ctx context.Context, token, address string) (identity.Actor, identity.Session, error)
	// Recheck gives the actor of a session as it is now, or Unauthenticated.
	Recheck(ctx context.Context, sessionID uuid.UUID) (identity.Actor, error)
}

// gate lets a call in or refuses it by its headers, before any of its body is read or decoded.
type gate struct {
	people Authenticator
	access Access
	faults *faults
}

// enter is a connect.RequestGateFunc. Connect neither recovers its panics nor shows its errors to the
// interceptors, so both are seen to here.
func (g *gate) enter(ctx context.Context, spec connect.Spec, peer connect.Peer, header http.Header,
) (_ context.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = g.faults.panicked(ctx, spec.Procedure, p)
		}
	}()
	if ClientFrom(ctx) == (Client{}) { // served without the middleware
		if ip, ok := parseAddress(peer.Addr); ok {
			ctx = WithClient(ctx, Client{Address: ip.String(), Languages: header.Get("Accept-Language")})
		}
	}
	ctx, err = g.admit(ctx, spec.Procedure, header)
	if err != nil {
		return nil, g.faults.refused(ctx, spec.Procedure, err)
	}
	if spec.StreamType == connect.StreamTypeClient || spec.StreamType == connect.StreamTypeBidi {
		freeBody(ctx)
	}
	return ctx, nil
}

func (g *gate) admit(ctx context.Context, procedure string, header http.Header) (context.Context, error) {
	rule, ok := g.access[procedure]
	if !ok {
		return ctx, fmt.Errorf("rpc: no access rule for %s", procedure)
	}
	token := credential(header)
	if token == "" {
		if rule.open {
			return ctx, nil
		}
		return ctx, fault.NewUnauthenticated("sign_in_required", "Please sign in.")
	}
	actor, _, err := g.people.Authenticate(ctx, token, ClientFrom(ctx).Address)
	switch {
	case err == nil && !meant(header, actor):
		return ctx, fault.NewUnauthenticated("session_of_another", "Somebody else is signed in here now. Nothing was done.")
	case err == nil:
		ctx = identity.WithActor(ctx, actor)
	case rule.open && fault.KindOf(err) == fault.Unauthenticated:
		return ctx, nil // as if there were no token
	default:
		return ctx, err
	}
	switch {
	case rule.open:
		return ctx, nil
	case !rule.allows(actor.Role):
		return ctx, fault.NewForbidden("role_refused", "You may not do this.")
	case actor.MustChangePassword && !rule.pendingPassword:
		return ctx, fault.NewForbidden("password_change_required", "Please choose a new password first.")
	}
	return ctx, nil
}
