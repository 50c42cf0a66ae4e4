package client

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"strings"

	"connectrpc.com/connect"
	"golang.org/x/time/rate"

	"utsendt/proto/gen/utsendt/dispatch/v1/dispatchv1connect"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Server is a running server as its clients reach it. It is safe for concurrent use.
type Server struct {
	url     string
	base    *http.Client
	limiter *rate.Limiter
}

// New makes a Server. base may be nil; its transport is shared by everybody. limiter bounds all calls together; nil
// means no bound.
func New(url string, base *http.Client, limiter *rate.Limiter) *Server {
	if base == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 256
		base = &http.Client{Transport: transport}
	}
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Inf, 0)
	}
	return &Server{url: strings.TrimSuffix(url, "/"), base: base, limiter: limiter}
}

// Close closes connections that nobody uses.
func (s *Server) Close() { s.base.CloseIdleConnections() }

// Phone is a technician's phone.
type Phone struct {
	Session
	Mobile mobilev1connect.MobileServiceClient
}

// plain is for calls within one machine or network: compressing costs more than it saves.
func plain() connect.ClientOption { return connect.WithAcceptCompression("gzip", nil, nil) }

// Phone makes a phone that signs in when it first calls.
func (s *Server) Phone(userID, password, deviceName string) *Phone {
	p := &Phone{Session: Session{server: s}}
	p.Mobile = mobilev1connect.NewMobileServiceClient(s.base, s.url, plain(), connect.WithInterceptors(&p.Session))
	p.signIn = func(ctx context.Context) (string, error) {
		res, err := p.Mobile.SignIn(ctx, &mobilev1.SignInRequest{UserId: userID, Password: password, DeviceName: deviceName})
		if err != nil {
			return "", err
		}
		return res.Token, nil
	}
	return p
}

// Browser is the browser of a customer or a dispatcher; the session is in its cookies.
type Browser struct {
	Session
	Portal   portalv1connect.PortalServiceClient
	Dispatch dispatchv1connect.DispatchServiceClient
}

// Browser makes a browser that signs in when it first calls.
func (s *Server) Browser(userID, password string) *Browser {
	jar, _ := cookiejar.New(nil) // it has no error to give
	own := *s.base
	own.Jar = jar
	b := &Browser{Session: Session{server: s}}
	people := identityv1connect.NewSessionServiceClient(&own, s.url, plain())
	b.Portal = portalv1connect.NewPortalServiceClient(&own, s.url, plain())
	b.Dispatch = dispatchv1connect.NewDispatchServiceClient(&own, s.url, plain())
	b.signIn = func(ctx context.Context) (string, error) {
		_, err := people.SignIn(ctx, &identityv1.SignInRequest{UserId: userID, Password: password})
		return "", err
	}
	return b
}
