package servertest

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/demo"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	"utsendt/proto/gen/utsendt/dispatch/v1/dispatchv1connect"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
	"utsendt/proto/gen/utsendt/live/v1/livev1connect"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Person is somebody with clients for every service, signed in or not.
type Person struct {
	HTTP           *http.Client
	Session        identityv1connect.SessionServiceClient
	Account        identityv1connect.AccountServiceClient
	Recovery       identityv1connect.RecoveryServiceClient
	SignUp         identityv1connect.SignUpServiceClient
	Passkeys       identityv1connect.PasskeyServiceClient
	SignUps        backofficev1connect.SignUpServiceClient
	Portal         portalv1connect.PortalServiceClient
	Photos         portalv1connect.PhotoServiceClient
	Visits         portalv1connect.VisitServiceClient
	Search         portalv1connect.SearchServiceClient
	Tracking       portalv1connect.TrackingServiceClient
	Lives          portalv1connect.DeviceLifeServiceClient
	LifeDesk       backofficev1connect.DeviceLifeDeskServiceClient
	Supplies       portalv1connect.SupplyServiceClient
	Readings       portalv1connect.ReadingServiceClient
	ReadingDesk    backofficev1connect.ReadingDeskServiceClient
	Registrations  portalv1connect.RegistrationServiceClient
	AddressChanges portalv1connect.AddressChangeServiceClient
	Approvals      backofficev1connect.ApprovalServiceClient
	Orders         backofficev1connect.OrderServiceClient
	Dispatch       dispatchv1connect.DispatchServiceClient
	Help           portalv1connect.HelpServiceClient
	Articles       backofficev1connect.KnowledgeServiceClient
	Mobile         mobilev1connect.MobileServiceClient
	Live           livev1connect.NotificationServiceClient
	Messages       backofficev1connect.MessageServiceClient
	Fleet          backofficev1connect.FleetServiceClient
	Technicians    backofficev1connect.TechnicianServiceClient
	Staff          backofficev1connect.PeopleServiceClient
	Audit          backofficev1connect.AuditServiceClient
	Files          backofficev1connect.TransferServiceClient
	// Token of a phone; empty in a browser.
	Token string
}

// Nobody has clients and is not signed in.
func (s *Server) Nobody(t testing.TB, options ...connect.ClientOption) *Person {
	return s.person(HTTP2(t), options...)
}

func (s *Server) person(http *http.Client, options ...connect.ClientOption) *Person {
	return &Person{
		HTTP:           http,
		Session:        identityv1connect.NewSessionServiceClient(http, s.URL, options...),
		Fleet:          backofficev1connect.NewFleetServiceClient(http, s.URL, options...),
		Technicians:    backofficev1connect.NewTechnicianServiceClient(http, s.URL, options...),
		Staff:          backofficev1connect.NewPeopleServiceClient(http, s.URL, options...),
		Audit:          backofficev1connect.NewAuditServiceClient(http, s.URL, options...),
		Files:          backofficev1connect.NewTransferServiceClient(http, s.URL, options...),
		Account:        identityv1connect.NewAccountServiceClient(http, s.URL, options...),
		Recovery:       identityv1connect.NewRecoveryServiceClient(http, s.URL, options...),
		SignUp:         identityv1connect.NewSignUpServiceClient(http, s.URL, options...),
		Passkeys:       identityv1connect.NewPasskeyServiceClient(http, s.URL, options...),
		SignUps:        backofficev1connect.NewSignUpServiceClient(http, s.URL, options...),
		Portal:         portalv1connect.NewPortalServiceClient(http, s.URL, options...),
		Photos:         portalv1connect.NewPhotoServiceClient(http, s.URL, options...),
		Visits:         portalv1connect.NewVisitServiceClient(http, s.URL, options...),
		Search:         portalv1connect.NewSearchServiceClient(http, s.URL, options...),
		Tracking:       portalv1connect.NewTrackingServiceClient(http, s.URL, options...),
		Lives:          portalv1connect.NewDeviceLifeServiceClient(http, s.URL, options...),
		LifeDesk:       backofficev1connect.NewDeviceLifeDeskServiceClient(http, s.URL, options...),
		Supplies:       portalv1connect.NewSupplyServiceClient(http, s.URL, options...),
		Readings:       portalv1connect.NewReadingServiceClient(http, s.URL, options...),
		ReadingDesk:    backofficev1connect.NewReadingDeskServiceClient(http, s.URL, options...),
		Registrations:  portalv1connect.NewRegistrationServiceClient(http, s.URL, options...),
		AddressChanges: portalv1connect.NewAddressChangeServiceClient(http, s.URL, options...),
		Approvals:      backofficev1connect.NewApprovalServiceClient(http, s.URL, options...),
		Orders:         backofficev1connect.NewOrderServiceClient(http, s.URL, options...),
		Dispatch:       dispatchv1connect.NewDispatchServiceClient(http, s.URL, options...),
		Help:           portalv1connect.NewHelpServiceClient(http, s.URL, options...),
		Articles:       backofficev1connect.NewKnowledgeServiceClient(http, s.URL, options...),
		Mobile:         mobilev1connect.NewMobileServiceClient(http, s.URL, options...),
		Live:           livev1connect.NewNotificationServiceClient(http, s.URL, options...),
		Messages:       backofficev1connect.NewMessageServiceClient(http, s.URL, options...),
	}
}

// Browser signs in with a cookie, as customers, dispatchers and admins of the demo do.
func (s *Server) Browser(t testing.TB, userID string, options ...connect.ClientOption) *Person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	http := HTTP2(t)
	http.Jar = jar
	p := s.person(http, options...)
	if _, err := p.Session.SignIn(t.Context(), &identityv1.SignInRequest{UserId: userID, Password: demo.Password}); err != nil {
		t.Fatalf("%s cannot sign in: %v", userID, err)
	}
	return p
}

// Phone signs a technician of the demo in with a bearer token.
func (s *Server) Phone(t testing.TB, userID string, options ...connect.ClientOption) *Person {
	t.Helper()
	res, err := s.Nobody(t).Mobile.SignIn(t.Context(), &mobilev1.SignInRequest{
		UserId: userID, Password: demo.Password, DeviceName: "test phone",
	})
	if err != nil {
		t.Fatalf("%s cannot sign in: %v", userID, err)
	}
	p := s.Bearer(t, res.Token, options...)
	return p
}

// Bearer has clients that carry a token.
func (s *Server) Bearer(t testing.TB, token string, options ...connect.ClientOption) *Person {
	p := s.person(HTTP2(t), append(options, connect.WithInterceptors(Header{"Authorization": "Bearer " + token}))...)
	p.Token = token
	return p
}

// Header puts fields into every call and stream.
type Header map[string]string

func (h Header) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		if req.Spec().IsClient {
			h.put(req.Header())
		}
		return next(ctx, req)
	}
}

func (h Header) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		conn := next(ctx, spec)
		h.put(conn.RequestHeader())
		return conn
	}
}

func (h Header) put(header http.Header) {
	for name, value := range h {
		header.Set(name, value)
	}
}

func (h Header) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// Op makes a new operation of a phone whose clock is right.
func Op() *mobilev1.Operation {
	return &mobilev1.Operation{
		Id: uuid.NewString(), PhoneTime: timestamppb.Now(), SentPhoneTime: timestamppb.Now(),
	}
}
