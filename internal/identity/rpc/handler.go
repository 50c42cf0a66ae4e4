package rpc

import (
	"context"
	"net/http"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/rpc"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
)

// Handler is SessionService.
type Handler struct{ people *identity.Service }

var _ identityv1connect.SessionServiceHandler = (*Handler)(nil)

// NewHandler serves the people's sessions.
func NewHandler(people *identity.Service) *Handler { return &Handler{people: people} }

// SignIn starts a web session and sets its cookie.
func (h *Handler) SignIn(ctx context.Context, req *identityv1.SignInRequest) (*identityv1.SignInResponse, error) {
	token, session, person, err := SignIn(ctx, h.people, req.GetUserId(), req.GetPassword(),
		identity.SessionWeb, browser(requestHeader(ctx).Get("User-Agent")))
	if err != nil {
		return nil, err
	}
	me, err := profile(ctx, h.people, person.ID)
	if err != nil {
		return nil, err
	}
	rpc.SetSessionCookie(responseHeader(ctx), rpc.ClientFrom(ctx), token)
	return &identityv1.SignInResponse{Person: me, ExpiresAt: timestamp(session.ExpiresAt)}, nil
}

// SignOut ends the session, if there is one, and clears the cookie.
func (h *Handler) SignOut(ctx context.Context, _ *identityv1.SignOutRequest) (*identityv1.SignOutResponse, error) {
	if err := SignOut(ctx, h.people); err != nil {
		return nil, err
	}
	rpc.ClearSessionCookie(responseHeader(ctx), rpc.ClientFrom(ctx))
	return &identityv1.SignOutResponse{}, nil
}

// GetMe gives the signed-in person.
func (h *Handler) GetMe(ctx context.Context, _ *identityv1.GetMeRequest) (*identityv1.GetMeResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	me, err := mine(ctx, h.people, actor)
	if err != nil {
		return nil, err
	}
	return &identityv1.GetMeResponse{Person: me}, nil
}

// SetLanguage sets the person's language.
func (h *Handler) SetLanguage(ctx context.Context, req *identityv1.SetLanguageRequest) (*identityv1.SetLanguageResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.people.SetLanguage(ctx, actor.PersonID, req.GetLanguage()); err != nil {
		return nil, err
	}
	me, err := mine(ctx, h.people, actor)
	if err != nil {
		return nil, err
	}
	return &identityv1.SetLanguageResponse{Person: me}, nil
}

// ListSessions gives the person's own sessions.
func (h *Handler) ListSessions(ctx context.Context, _ *identityv1.ListSessionsRequest) (*identityv1.ListSessionsResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := h.people.ListSessions(ctx, actor.PersonID)
	if err != nil {
		return nil, err
	}
	res := &identityv1.ListSessionsResponse{}
	for _, session := range sessions {
		res.Sessions = append(res.Sessions, sessionMessage(session, actor.SessionID))
	}
	return res, nil
}

// EndSession ends one of the person's own sessions.
func (h *Handler) EndSession(ctx context.Context, req *identityv1.EndSessionRequest) (*identityv1.EndSessionResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	id, err := parseID("session_id", req.GetSessionId())
	if err != nil {
		return nil, err
	}
	if err := h.people.EndSession(ctx, actor.PersonID, id); err != nil {
		return nil, err
	}
	return &identityv1.EndSessionResponse{}, nil
}

// ChangePassword gives the person a new password.
func (h *Handler) ChangePassword(ctx context.Context, req *identityv1.ChangePasswordRequest) (*identityv1.ChangePasswordResponse, error) {
	actor, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.people.ChangePassword(ctx, actor, req.GetCurrentPassword(), req.GetNewPassword()); err != nil {
		return nil, err
	}
	return &identityv1.ChangePasswordResponse{}, nil
}

func profile(ctx context.Context, people *identity.Service, personID uuid.UUID) (*identityv1.Person, error) {
	profile, err := people.Profile(ctx, personID)
	if err != nil {
		return nil, err
	}
	return personMessage(profile), nil
}

// mine is the actor's own profile. Whether they must choose a new password depends on how they came in.
func mine(ctx context.Context, people *identity.Service, actor identity.Actor) (*identityv1.Person, error) {
	me, err := profile(ctx, people, actor.PersonID)
	if err != nil {
		return nil, err
	}
	me.MustChangePassword = me.MustChangePassword && actor.MustChangePassword
	return me, nil
}

// SignIn starts a session for a call with the client's address taken from the context. With roles, only a
// person with one of them may sign in. Errors are those of identity.Service.SignIn.
func SignIn(ctx context.Context, people *identity.Service, userID, password string, kind identity.SessionKind,
	label string, roles ...identity.Role,
) (token string, session identity.Session, person identity.Person, err error) {
	return people.SignIn(ctx, userID, password, kind, label, rpc.ClientFrom(ctx).Address, roles...)
}

// SignOut ends the session the call came with; without one it does nothing.
func SignOut(ctx context.Context, people *identity.Service) error {
	actor, ok := identity.ActorFrom(ctx)
	if !ok || actor.SessionID == uuid.Nil {
		return nil
	}
	return people.SignOut(ctx, actor.SessionID)
}

// signedIn gives the actor of the call; the access rules have seen to it that there is one.
func signedIn(ctx context.Context) (identity.Actor, error) {
	actor, ok := identity.ActorFrom(ctx)
	if !ok {
		return identity.Actor{}, fault.NewUnauthenticated("sign_in_required", "Please sign in.")
	}
	return actor, nil
}

func requestHeader(ctx context.Context) http.Header {
	if call, ok := connect.CallInfoForHandlerContext(ctx); ok {
		return call.RequestHeader()
	}
	return http.Header{}
}

func responseHeader(ctx context.Context) http.Header {
	if call, ok := connect.CallInfoForHandlerContext(ctx); ok {
		return call.ResponseHeader()
	}
	return http.Header{}
}
