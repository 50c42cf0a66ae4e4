package server_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/demo"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// phone is MobileService as one client library speaks it.
type phone interface {
	// call makes a unary call; signIn's token goes along once it is known.
	call(ctx context.Context, method string, req, res proto.Message) error
	// watch opens a server stream and gives what receives its next message.
	watch(ctx context.Context, method string, req proto.Message) (receive func(res proto.Message) error, err error)
	// upload sends messages on a client stream.
	upload(ctx context.Context, method string, reqs []proto.Message, res proto.Message) error
	// fault gives the code and the detail of an error.
	fault(err error) (connect.Code, *faultv1.Fault)
	use(token string)
}

const mobileService = "/utsendt.mobile.v1.MobileService/"

// TestProtocols takes the same jobs through a technician's day over every protocol that the server speaks.
func TestProtocols(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	conn, err := grpc.NewClient(w.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for i, c := range []struct {
		name  string
		phone phone
	}{
		{"Connect, binary", w.connectPhone(t, false)},
		{"Connect, JSON", w.connectPhone(t, false, connect.WithProtoJSON())},
		{"Connect, JSON, HTTP/1.1", w.connectPhone(t, true, connect.WithProtoJSON())},
		{"Connect, gzip both ways", w.connectPhone(t, false, connect.WithSendGzip())},
		{"gRPC", w.connectPhone(t, false, connect.WithGRPC())},
		{"gRPC, JSON", w.connectPhone(t, false, connect.WithGRPC(), connect.WithProtoJSON())},
		{"gRPC-Web", w.connectPhone(t, true, connect.WithGRPCWeb())},
		{"grpc-go", &grpcPhone{conn: conn}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.day(t, c.phone, "tekniker"+[]string{"11", "12", "13", "14", "15", "16", "17", "18"}[i])
		})
	}
}

// day is the story: sign in, duty, list, accept, en route, positions, on site, complete, with the stream of jobs open.
func (w *world) day(t *testing.T, p phone, userID string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must := func(method string, req, res proto.Message) {
		t.Helper()
		if err := p.call(ctx, method, req, res); err != nil {
			t.Fatalf("%s: %v", method, err)
		}
	}
	refused := func(err error, code connect.Code, reason string) *faultv1.Fault {
		t.Helper()
		got, f := p.fault(err)
		if got != code || f.GetReason() != reason {
			t.Errorf("%v with %v, want %v %s", err, f, code, reason)
		}
		return f
	}
	refused(p.call(ctx, "ListJobs", &mobilev1.ListJobsRequest{}, &mobilev1.ListJobsResponse{}), connect.CodeUnauthenticated, "sign_in_required")
	refused(p.call(ctx, "SignIn", &mobilev1.SignInRequest{UserId: userID, Password: "wrong", DeviceName: "x"}, &mobilev1.SignInResponse{}),
		connect.CodeUnauthenticated, "sign_in_failed")
	var in mobilev1.SignInResponse
	must("SignIn", &mobilev1.SignInRequest{UserId: userID, Password: demo.Password, DeviceName: "Prøvetelefon 📱"}, &in)
	p.use(in.Token)
	must("SetDuty", &mobilev1.SetDutyRequest{Operation: servertest.Op(), OnDuty: true}, &mobilev1.SetDutyResponse{})

	next, err := p.watch(ctx, "WatchJobs", &mobilev1.WatchJobsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	see := func(ok func(*mobilev1.WatchJobsResponse) bool) {
		t.Helper()
		for {
			var m mobilev1.WatchJobsResponse
			if err := next(&m); err != nil {
				t.Fatal(err)
			}
			if !m.Heartbeat && ok(&m) {
				return
			}
		}
	}
	see(func(m *mobilev1.WatchJobsResponse) bool { return len(m.Jobs) == 0 && m.Me.OnDuty })
	opened := w.open(t, w.devices[1], "Støy i skuffen")
	w.assign(t, opened.Id, in.Me.TechnicianId)
	see(func(m *mobilev1.WatchJobsResponse) bool { return len(m.Jobs) == 1 && m.Jobs[0].RequestId == opened.Id })

	var list mobilev1.ListJobsResponse
	must("ListJobs", &mobilev1.ListJobsRequest{}, &list)
	if len(list.Jobs) != 1 || list.Jobs[0].Description != "Støy i skuffen" || list.Jobs[0].Place.Point == nil {
		t.Fatalf("jobs: %v", &list)
	}
	f := refused(p.call(ctx, "OnSite", &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: opened.Id}, &mobilev1.OnSiteResponse{}),
		connect.CodeFailedPrecondition, "wrong_state")
	if f.GetParams()["state"] != "dispatched" {
		t.Errorf("the fault is %v", f)
	}
	refused(p.call(ctx, "GetJob", &mobilev1.GetJobRequest{RequestId: uuid.NewString()}, &mobilev1.GetJobResponse{}), connect.CodeNotFound, "request_not_found")
	if f := refused(p.call(ctx, "GetJob", &mobilev1.GetJobRequest{RequestId: "x"}, &mobilev1.GetJobResponse{}), connect.CodeInvalidArgument, "invalid_field"); f.GetField() != "request_id" {
		t.Errorf("the fault is %v", f)
	}
	must("Accept", &mobilev1.AcceptRequest{Operation: servertest.Op(), RequestId: opened.Id}, &mobilev1.AcceptResponse{})
	must("EnRoute", &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: opened.Id}, &mobilev1.EnRouteResponse{})
	see(func(m *mobilev1.WatchJobsResponse) bool {
		return len(m.Jobs) == 1 && m.Jobs[0].State == dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE
	})

	at := list.Jobs[0].Place.Point
	batch := func(step int) *mobilev1.ReportPositionsRequest {
		now := timestamppb.Now()
		return &mobilev1.ReportPositionsRequest{SentPhoneTime: now, Fixes: []*mobilev1.Fix{{
			Point: &livev1.Point{Latitude: at.Latitude + 0.01 + float64(step)*1e-5, Longitude: at.Longitude}, AccuracyMetres: 8, PhoneTime: now,
		}}}
	}
	var rep mobilev1.ReportPositionsResponse
	must("ReportPositions", batch(0), &rep)
	if len(rep.Verdicts) != 1 || rep.Verdicts[0] != mobilev1.FixVerdict_FIX_VERDICT_LIVE || rep.ReportEvery.AsDuration() <= 0 {
		t.Errorf("positions: %v", &rep)
	}
	first := batch(1)
	sum := &mobilev1.StreamPositionsResponse{}
	if err := p.upload(ctx, "StreamPositions", []proto.Message{
		&mobilev1.StreamPositionsRequest{Batch: first}, &mobilev1.StreamPositionsRequest{Batch: first},
	}, sum); err != nil || sum.Received != 2 || sum.Live != 1 || sum.Refused != 0 {
		t.Errorf("the stream of positions: %v %v", sum, err)
	}
	refused(p.upload(ctx, "StreamPositions", []proto.Message{&mobilev1.StreamPositionsRequest{}}, sum), connect.CodeInvalidArgument, "invalid_field")

	must("OnSite", &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: opened.Id}, &mobilev1.OnSiteResponse{})
	op := servertest.Op()
	for range 2 { // the same one again is answered the same
		var done mobilev1.CompleteResponse
		must("Complete", &mobilev1.CompleteRequest{
			Operation: op, RequestId: opened.Id, Outcome: mobilev1.Outcome_OUTCOME_SOLVED, Text: "Smurt",
			Readings: []*mobilev1.CounterReading{{Counter: "black", Value: 9_999_999_999}}, // more than a JSON number holds in 32 bits
		}, &done)
		if done.State != dispatchv1.RequestState_REQUEST_STATE_COMPLETED {
			t.Errorf("completed: %v", &done)
		}
	}
	see(func(m *mobilev1.WatchJobsResponse) bool { return len(m.Jobs) == 0 })
	// A picture follows the status, in pieces.
	data := photo(t, 60)
	sum256 := sha256.Sum256(data)
	var started mobilev1.StartUploadResponse
	must("StartUpload", &mobilev1.StartUploadRequest{
		OperationId: uuid.NewString(), RequestId: opened.Id, VisitId: list.Jobs[0].VisitId, Kind: photoKind, Size: int64(len(data)), Sha256: sum256[:],
	}, &started)
	for up := started.Upload; up.State == mobilev1.UploadState_UPLOAD_STATE_RECEIVING; {
		var piece mobilev1.AppendUploadResponse
		must("AppendUpload", &mobilev1.AppendUploadRequest{UploadId: up.Id, Offset: up.Offset, Data: data[up.Offset:min(up.Offset+2000, up.Size)]}, &piece)
		up = piece.Upload
	}
	var visits mobilev1.ListVisitsResponse
	must("ListVisits", &mobilev1.ListVisitsRequest{RequestId: opened.Id}, &visits)
	if len(visits.Visits) != 1 || len(visits.Visits[0].Files) != 1 || visits.Visits[0].Readings[0].Value != 9_999_999_999 {
		t.Errorf("visits: %v", &visits)
	}
	must("SignOut", &mobilev1.SignOutRequest{}, &mobilev1.SignOutResponse{})
	refused(p.call(ctx, "GetMe", &mobilev1.GetMeRequest{}, &mobilev1.GetMeResponse{}), connect.CodeUnauthenticated, "session_over")
}

// grpcPhone is a phone on grpc-go.
type grpcPhone struct {
	conn  *grpc.ClientConn
	token string
}

func (g *grpcPhone) use(token string) { g.token = token }

func (g *grpcPhone) with(ctx context.Context) context.Context {
	if g.token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+g.token)
}

func (g *grpcPhone) call(ctx context.Context, method string, req, res proto.Message) error {
	return g.conn.Invoke(g.with(ctx), mobileService+method, req, res)
}

func (g *grpcPhone) watch(ctx context.Context, method string, req proto.Message) (func(proto.Message) error, error) {
	stream, err := g.conn.NewStream(g.with(ctx), &grpc.StreamDesc{ServerStreams: true}, mobileService+method)
	if err != nil {
		return nil, err
	}
	return func(m proto.Message) error { return stream.RecvMsg(m) }, errors.Join(stream.SendMsg(req), stream.CloseSend())
}

func (g *grpcPhone) upload(ctx context.Context, method string, reqs []proto.Message, res proto.Message) error {
	stream, err := g.conn.NewStream(g.with(ctx), &grpc.StreamDesc{ClientStreams: true}, mobileService+method)
	if err != nil {
		return err
	}
	for _, req := range reqs {
		if err := stream.SendMsg(req); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(res)
}

func (g *grpcPhone) fault(err error) (connect.Code, *faultv1.Fault) {
	s := status.Convert(err)
	for _, detail := range s.Details() {
		if f, ok := detail.(*faultv1.Fault); ok {
			return connect.Code(s.Code()), f
		}
	}
	return connect.Code(s.Code()), nil
}

// TestHealthAndReflection: what grpcurl and load balancers ask is answered to grpc-go, for every service.
func TestHealthAndReflection(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	conn, err := grpc.NewClient(s.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	stream, err := reflectionv1.NewServerReflectionClient(conn).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(req *reflectionv1.ServerReflectionRequest) *reflectionv1.ServerReflectionResponse {
		t.Helper()
		if err := stream.Send(req); err != nil {
			t.Fatal(err)
		}
		res, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	listed := map[string]bool{}
	for _, service := range ask(&reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{},
	}).GetListServicesResponse().GetService() {
		listed[service.Name] = true
	}
	health := healthv1.NewHealthClient(conn)
	// A stream of reflection sends each file once: a client puts together what it has heard so far.
	heard := &descriptorpb.FileDescriptorSet{}
	for _, p := range procedures() {
		service := string(p.Parent().FullName())
		if !listed[service] {
			t.Errorf("%s is not listed", service)
			continue
		}
		if res, err := health.Check(t.Context(), &healthv1.HealthCheckRequest{Service: service}); err != nil || res.Status != healthv1.HealthCheckResponse_SERVING {
			t.Errorf("%s: %v %v", service, res, err)
		}
		files := ask(&reflectionv1.ServerReflectionRequest{
			MessageRequest: &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: string(p.FullName())},
		}).GetFileDescriptorResponse().GetFileDescriptorProto()
		if len(files) == 0 {
			t.Fatalf("no file for %s", p.FullName())
		}
		for _, raw := range files {
			file := new(descriptorpb.FileDescriptorProto)
			if err := proto.Unmarshal(raw, file); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(heard.File, func(f *descriptorpb.FileDescriptorProto) bool { return f.GetName() == file.GetName() }) {
				heard.File = append(heard.File, file)
			}
		}
		put, err := protodesc.NewFiles(heard)
		if err == nil {
			_, err = put.FindDescriptorByName(p.FullName())
		}
		if err != nil {
			t.Errorf("%s cannot be put together: %v", p.FullName(), err)
		}
	}
	if res, err := health.Check(t.Context(), &healthv1.HealthCheckRequest{}); err != nil || res.Status != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("the server: %v %v", res, err)
	}
}
