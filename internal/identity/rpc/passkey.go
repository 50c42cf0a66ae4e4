package rpc

import (
	"context"

	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
)

// Passkeys is PasskeyService.
type Passkeys struct{ people *identity.Service }

var _ identityv1connect.PasskeyServiceHandler = (*Passkeys)(nil)

// NewPasskeys serves the people's passkeys, and those who sign in with one.
func NewPasskeys(people *identity.Service) *Passkeys { return &Passkeys{people: people} }

// BeginRegistration gives what the browser needs to make a passkey.
func (h *Passkeys) BeginRegistration(ctx context.Context, _ *identityv1.BeginRegistrationRequest) (*identityv1.BeginRegistrationResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	challenge, err := h.people.BeginPasskey(ctx, actor)
	if err != nil {
		return nil, err
	}
	return &identityv1.BeginRegistrationResponse{
		CeremonyId: challenge.CeremonyID.String(), OptionsJson: string(challenge.Options),
	}, nil
}

// FinishRegistration stores the passkey.
func (h *Passkeys) FinishRegistration(ctx context.Context, req *identityv1.FinishRegistrationRequest) (*identityv1.FinishRegistrationResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	operation, err := parseID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	ceremony, err := parseID("ceremony_id", req.GetCeremonyId())
	if err != nil {
		return nil, err
	}
	passkey, err := h.people.FinishPasskey(ctx, actor, operation, ceremony, []byte(req.GetCredentialJson()), req.GetName())
	if err != nil {
		return nil, err
	}
	return &identityv1.FinishRegistrationResponse{Passkey: passkeyMessage(passkey)}, nil
}

// ListPasskeys gives the person's passkeys.
func (h *Passkeys) ListPasskeys(ctx context.Context, _ *identityv1.ListPasskeysRequest) (*identityv1.ListPasskeysResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	passkeys, err := h.people.ListPasskeys(ctx, actor.PersonID)
	if err != nil {
		return nil, err
	}
	res := &identityv1.ListPasskeysResponse{}
	for _, p := range passkeys {
		res.Passkeys = append(res.Passkeys, passkeyMessage(p))
	}
	return res, nil
}

// RenamePasskey gives a passkey another name.
func (h *Passkeys) RenamePasskey(ctx context.Context, req *identityv1.RenamePasskeyRequest) (*identityv1.RenamePasskeyResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	operation, err := parseID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	id, err := parseID("passkey_id", req.GetPasskeyId())
	if err != nil {
		return nil, err
	}
	passkey, err := h.people.RenamePasskey(ctx, actor, operation, id, req.GetName())
	if err != nil {
		return nil, err
	}
	return &identityv1.RenamePasskeyResponse{Passkey: passkeyMessage(passkey)}, nil
}

// RemovePasskey removes a passkey.
func (h *Passkeys) RemovePasskey(ctx context.Context, req *identityv1.RemovePasskeyRequest) (*identityv1.RemovePasskeyResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	operation, err := parseID("operation_id", req.GetOperationId())
	if err != nil {
		return nil, err
	}
	id, err := parseID("passkey_id", req.GetPasskeyId())
	if err != nil {
		return nil, err
	}
	if err := h.people.RemovePasskey(ctx, actor, operation, id); err != nil {
		return nil, err
	}
	return &identityv1.RemovePasskeyResponse{}, nil
}

// BeginSignIn gives what the browser needs to sign in.
func (h *Passkeys) BeginSignIn(ctx context.Context, _ *identityv1.BeginSignInRequest) (*identityv1.BeginSignInResponse, error) {
	challenge, err := h.people.BeginPasskeySignIn(ctx, rpc.ClientFrom(ctx).Address)
	if err != nil {
		return nil, err
	}
	return &identityv1.BeginSignInResponse{
		CeremonyId: challenge.CeremonyID.String(), OptionsJson: string(challenge.Options),
	}, nil
}

// FinishSignIn starts a web session and sets its cookie.
func (h *Passkeys) FinishSignIn(ctx context.Context, req *identityv1.FinishSignInRequest) (*identityv1.FinishSignInResponse, error) {
	ceremony, err := parseID("ceremony_id", req.GetCeremonyId())
	if err != nil {
		return nil, err
	}
	client := rpc.ClientFrom(ctx)
	token, session, person, err := h.people.FinishPasskeySignIn(ctx, ceremony, []byte(req.GetCredentialJson()),
		browser(requestHeader(ctx).Get("User-Agent")), client.Address)
	if err != nil {
		return nil, err
	}
	me, err := profile(ctx, h.people, person.ID)
	if err != nil {
		return nil, err
	}
	me.MustChangePassword = false // not by this way in
	rpc.SetSessionCookie(responseHeader(ctx), client, token)
	return &identityv1.FinishSignInResponse{Person: me, ExpiresAt: timestamp(session.ExpiresAt)}, nil
}

func passkeyMessage(p identity.Passkey) *identityv1.Passkey {
	return &identityv1.Passkey{
		Id: p.ID.String(), Name: p.Name, CreatedAt: timestamp(p.CreatedAt), LastUsedAt: timestampIf(p.LastUsedAt),
	}
}
