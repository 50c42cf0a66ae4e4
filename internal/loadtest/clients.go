package loadtest

import (
	"context"
	"net/http"
	"net/http/cookiejar"

	"connectrpc.com/connect"

	"utsendt/internal/demo"
	"utsendt/proto/gen/utsendt/dispatch/v1/dispatchv1connect"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// phone is a technician signed in with a bearer token, on a connection of their own as phones are.
type phone struct {
	mobilev1connect.MobileServiceClient
	technicianID string
}

func h2() *http.Client {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Client{Transport: &http.Transport{Protocols: protocols}}
}

func (b *bench) phone(ctx context.Context, userID string) (*phone, error) {
	client := h2()
	res, err := mobilev1connect.NewMobileServiceClient(client, b.url).SignIn(ctx, &mobilev1.SignInRequest{
		UserId: userID, Password: demo.Password, DeviceName: "loadtest",
	})
	if err != nil {
		return nil, err
	}
	token := connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
			req.Header().Set("Authorization", "Bearer "+res.Token)
			return next(ctx, req)
		}
	})
	return &phone{
		MobileServiceClient: mobilev1connect.NewMobileServiceClient(client, b.url, connect.WithInterceptors(token)),
		technicianID:        res.Me.TechnicianId,
	}, nil
}

// browser signs in with a cookie.
func (b *bench) browser(ctx context.Context, userID string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := h2()
	client.Jar = jar
	_, err = identityv1connect.NewSessionServiceClient(client, b.url).SignIn(ctx, &identityv1.SignInRequest{
		UserId: userID, Password: demo.Password,
	})
	return client, err
}

func (b *bench) board(ctx context.Context) (dispatchv1connect.DispatchServiceClient, error) {
	client, err := b.browser(ctx, "sentral1")
	if err != nil {
		return nil, err
	}
	return dispatchv1connect.NewDispatchServiceClient(client, b.url), nil
}

func (b *bench) portal(client *http.Client) portalv1connect.PortalServiceClient {
	return portalv1connect.NewPortalServiceClient(client, b.url)
}
