package server

import (
	"net/http"
	"slices"

	"connectrpc.com/connect"
	"connectrpc.com/grpchealth"
	"connectrpc.com/grpcreflect"
	"google.golang.org/protobuf/reflect/protoreflect"

	dispatchrpc "utsendt/dispatch/rpc"
	"utsendt/dispatch/visitfiles"
	identityrpc "utsendt/internal/identity/rpc"
	"utsendt/internal/notify"
	"utsendt/internal/notify/mailbox"
	notifyrpc "utsendt/internal/notify/rpc"
	"utsendt/internal/rpc"
	"utsendt/portal/backoffice"
	backofficerpc "utsendt/portal/backoffice/rpc"
	knowledgerpc "utsendt/portal/knowledge/rpc"
	liferpc "utsendt/portal/life/rpc"
	"utsendt/portal/photos"
	photosrpc "utsendt/portal/photos/rpc"
	readingsrpc "utsendt/portal/readings/rpc"
	registrationrpc "utsendt/portal/registration/rpc"
	portalrpc "utsendt/portal/rpc"
	searchrpc "utsendt/portal/search/rpc"
	suppliesrpc "utsendt/portal/supplies/rpc"
	trackingrpc "utsendt/portal/tracking/rpc"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	"utsendt/proto/gen/utsendt/backoffice/v1/backofficev1connect"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	"utsendt/proto/gen/utsendt/dispatch/v1/dispatchv1connect"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	"utsendt/proto/gen/utsendt/live/v1/livev1connect"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// Access is who may call what: the rules of every service.
func Access() rpc.Access {
	return identityrpc.Access().With(dispatchrpc.Access(), portalrpc.Access(), photosrpc.Access(), trackingrpc.Access(), searchrpc.Access(), liferpc.Access(), suppliesrpc.Access(), knowledgerpc.Access(), notifyrpc.Access(), backofficerpc.Access(), registrationrpc.Access(), readingsrpc.Access())
}

// Files describe every service that is served.
func Files() []protoreflect.FileDescriptor {
	return []protoreflect.FileDescriptor{
		identityv1.File_utsendt_identity_v1_session_service_proto,
		identityv1.File_utsendt_identity_v1_account_service_proto,
		identityv1.File_utsendt_identity_v1_recovery_service_proto,
		identityv1.File_utsendt_identity_v1_sign_up_service_proto,
		identityv1.File_utsendt_identity_v1_passkey_service_proto,
		backofficev1.File_utsendt_backoffice_v1_sign_up_service_proto,
		livev1.File_utsendt_live_v1_notification_service_proto,
		backofficev1.File_utsendt_backoffice_v1_message_service_proto,
		dispatchv1.File_utsendt_dispatch_v1_dispatch_service_proto,
		mobilev1.File_utsendt_mobile_v1_mobile_service_proto,
		portalv1.File_utsendt_portal_v1_portal_service_proto,
		portalv1.File_utsendt_portal_v1_photo_service_proto,
		portalv1.File_utsendt_portal_v1_visit_service_proto,
		portalv1.File_utsendt_portal_v1_search_service_proto,
		portalv1.File_utsendt_portal_v1_tracking_service_proto,
		portalv1.File_utsendt_portal_v1_device_life_service_proto,
		backofficev1.File_utsendt_backoffice_v1_device_life_service_proto,
		portalv1.File_utsendt_portal_v1_registration_service_proto,
		portalv1.File_utsendt_portal_v1_address_change_service_proto,
		backofficev1.File_utsendt_backoffice_v1_approval_service_proto,
		portalv1.File_utsendt_portal_v1_reading_service_proto,
		backofficev1.File_utsendt_backoffice_v1_reading_service_proto,
		portalv1.File_utsendt_portal_v1_supply_service_proto,
		backofficev1.File_utsendt_backoffice_v1_order_service_proto,
		portalv1.File_utsendt_portal_v1_help_service_proto,
		backofficev1.File_utsendt_backoffice_v1_knowledge_service_proto,
		backofficev1.File_utsendt_backoffice_v1_fleet_service_proto,
		backofficev1.File_utsendt_backoffice_v1_technician_service_proto,
		backofficev1.File_utsendt_backoffice_v1_people_service_proto,
		backofficev1.File_utsendt_backoffice_v1_audit_service_proto,
		backofficev1.File_utsendt_backoffice_v1_transfer_service_proto,
	}
}

// handler serves the API and everything beside it.
func (p *Parts) handler(cfg Config, state *lifecycle) (http.Handler, error) {
	shared := rpc.Config{
		People: p.People, Access: Access(), Log: cfg.Logger, Telemetry: cfg.Tracing,
	}
	if cfg.CallsPerSecond > 0 {
		shared.Limiter = rpc.NewLimiter(cfg.CallsPerSecond, int(4*cfg.CallsPerSecond))
	}
	options, err := rpc.Options(shared)
	if err != nil {
		return nil, err
	}
	// Two messages carry a file, and may be larger than all others.
	large := map[string]int64{
		portalv1connect.PhotoServiceUploadPhotoProcedure:   carrying(p.Photos.MaxBytes()),
		backofficev1connect.TransferServiceImportProcedure: carrying(backoffice.MaxFile),
	}
	options = append(options, connect.WithInterceptors(state), connect.WithConditionalHandlerOptions(func(spec connect.Spec) []connect.HandlerOption {
		if size, ok := large[spec.Procedure]; ok {
			return []connect.HandlerOption{connect.WithReadMaxBytes(int(size))}
		}
		return nil
	}))
	mux := http.NewServeMux()
	mux.Handle(identityv1connect.NewSessionServiceHandler(identityrpc.NewHandler(p.People), options...))
	mux.Handle(identityv1connect.NewAccountServiceHandler(identityrpc.NewAccount(p.People), options...))
	mux.Handle(identityv1connect.NewRecoveryServiceHandler(identityrpc.NewRecovery(p.People), options...))
	mux.Handle(identityv1connect.NewSignUpServiceHandler(identityrpc.NewSignUp(p.People), options...))
	mux.Handle(identityv1connect.NewPasskeyServiceHandler(identityrpc.NewPasskeys(p.People), options...))
	mux.Handle(backofficev1connect.NewSignUpServiceHandler(identityrpc.NewSignUps(p.People), options...))
	mux.Handle(livev1connect.NewNotificationServiceHandler(notifyrpc.NewHandler(p.Notify), options...))
	mux.Handle(backofficev1connect.NewMessageServiceHandler(notifyrpc.NewStaff(p.Notify), options...))
	visits := dispatchrpc.NewVisits(p.VisitFiles, p.Supplies.Names)
	mux.Handle(dispatchv1connect.NewDispatchServiceHandler(dispatchrpc.NewBoard(p.Dispatch, p.Requests.OpenBySerial, visits), options...))
	mux.Handle(mobilev1connect.NewMobileServiceHandler(dispatchrpc.NewMobile(p.Dispatch, p.People, p.VisitFiles, visits, knowledgerpc.NewGuide(p.Articles)), options...))
	mux.Handle(portalv1connect.NewPortalServiceHandler(portalrpc.NewHandler(p.Lists, p.Fleet, p.Requests), options...))
	mux.Handle(portalv1connect.NewSearchServiceHandler(searchrpc.NewHandler(p.Search), options...))
	mux.Handle(portalv1connect.NewDeviceLifeServiceHandler(liferpc.NewCustomer(p.Lives), options...))
	mux.Handle(backofficev1connect.NewDeviceLifeDeskServiceHandler(liferpc.NewDesk(p.Lives), options...))
	mux.Handle(portalv1connect.NewTrackingServiceHandler(trackingrpc.NewHandler(p.Tracking), options...))
	mux.Handle(portalv1connect.NewPhotoServiceHandler(photosrpc.NewHandler(p.Photos), options...))
	mux.Handle(photos.Path, rpc.Page(p.People, cfg.Logger, p.Photos.Serve))
	mux.Handle(portalv1connect.NewVisitServiceHandler(portalrpc.NewVisits(p.Requests, visits), options...))
	mux.Handle(visitfiles.Path, rpc.Page(p.People, cfg.Logger, p.VisitFiles.Serve))
	mux.Handle(portalv1connect.NewRegistrationServiceHandler(registrationrpc.NewRegistrations(p.Registrations), options...))
	mux.Handle(portalv1connect.NewAddressChangeServiceHandler(registrationrpc.NewAddressChanges(p.AddressChanges), options...))
	mux.Handle(backofficev1connect.NewApprovalServiceHandler(registrationrpc.NewApprovals(p.Registrations, p.AddressChanges), options...))
	mux.Handle(portalv1connect.NewReadingServiceHandler(readingsrpc.NewHandler(p.Meters, p.MeterFiles, p.Reminders), options...))
	mux.Handle(backofficev1connect.NewReadingDeskServiceHandler(readingsrpc.NewDesk(p.Meters), options...))
	mux.Handle(portalv1connect.NewSupplyServiceHandler(suppliesrpc.NewCustomer(p.Supplies), options...))
	mux.Handle(backofficev1connect.NewOrderServiceHandler(suppliesrpc.NewStaff(p.Supplies), options...))
	mux.Handle(portalv1connect.NewHelpServiceHandler(knowledgerpc.NewHelp(p.Articles, knowledgerpc.Links(cfg.Links)), options...))
	mux.Handle(backofficev1connect.NewKnowledgeServiceHandler(knowledgerpc.NewStaff(p.Articles), options...))

	mux.Handle(backofficev1connect.NewFleetServiceHandler(backofficerpc.NewFleet(p.Office, p.DB.Now), options...))
	mux.Handle(backofficev1connect.NewTechnicianServiceHandler(backofficerpc.NewTechnicians(p.Office, p.Dispatch), options...))
	mux.Handle(backofficev1connect.NewPeopleServiceHandler(backofficerpc.NewPeople(p.Office), options...))
	mux.Handle(backofficev1connect.NewAuditServiceHandler(backofficerpc.NewTrail(p.Office), options...))
	mux.Handle(backofficev1connect.NewTransferServiceHandler(backofficerpc.NewFiles(p.Office), options...))

	names := services()
	reflector := grpcreflect.NewStaticReflector(names...)
	mux.Handle(grpcreflect.NewHandlerV1(reflector))
	mux.Handle(grpcreflect.NewHandlerV1Alpha(reflector))
	mux.Handle(grpchealth.NewHandler(state.health, connect.WithInterceptors(state)))

	metrics := newMetrics(p)
	mux.Handle("/metrics", metrics.handler())
	mux.HandleFunc("/healthz", serveAlive)
	mux.HandleFunc("/readyz", p.serveReady(state))
	mux.Handle(notify.UnsubscribePath, p.Notify.ServeUnsubscribe(func(r *http.Request) string {
		return rpc.ClientFrom(r.Context()).Address
	}))
	if p.mailbox != nil {
		mux.Handle(mailbox.Path, p.mailbox)
		mux.Handle(mailbox.Path+"/", p.mailbox)
	}
	// The pages' own calls go straight to the API: what is around it has been passed already.
	apps, err := webApps(mux)
	if err != nil {
		return nil, err
	}
	mux.Handle("/", apps)

	proxies, err := rpc.ParseProxies(cfg.TrustedProxies...)
	if err != nil {
		return nil, err
	}
	edge, err := rpc.Edge{Proxies: proxies, Log: cfg.Logger, Large: large}.Wrap(mux)
	if err != nil {
		return nil, err
	}
	return metrics.count(edge), nil
}

// carrying is the largest message with a file of so many bytes in it: JSON has four letters for three bytes, and there is a little
// around it.
func carrying(bytes int) int64 { return int64(bytes)*4/3 + 64<<10 }

func services() []string {
	var names []string
	for _, file := range Files() {
		for i := range file.Services().Len() {
			names = append(names, string(file.Services().Get(i).FullName()))
		}
	}
	slices.Sort(names)
	return names
}
