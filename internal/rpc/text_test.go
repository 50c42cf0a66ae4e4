package rpc_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/rpc"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	"utsendt/proto/gen/utsendt/mobile/v1/mobilev1connect"
)

const someID = "0198c0de-0000-7000-8000-000000000001"

func decline(reason string) *mobilev1.DeclineRequest {
	return &mobilev1.DeclineRequest{Operation: &mobilev1.Operation{Id: someID}, RequestId: someID, Reason: reason}
}

func positions() *mobilev1.StreamPositionsRequest {
	return &mobilev1.StreamPositionsRequest{Batch: &mobilev1.ReportPositionsRequest{
		SentPhoneTime: timestamppb.Now(), Fixes: []*mobilev1.Fix{fix()},
	}}
}

func fix() *mobilev1.Fix {
	return &mobilev1.Fix{Point: &livev1.Point{Latitude: 60, Longitude: 10}, PhoneTime: timestamppb.Now()}
}

func TestTextPassesUnchanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	var got string
	w.phone.decline = func(_ context.Context, req *mobilev1.DeclineRequest) error {
		got = req.GetReason()
		return nil
	}
	for name, options := range protocols {
		for _, text := range []string{" spaces \t\r\n", "e\u0301 is not é", "\u200b\u202e\ufeff", "\U0001F5A8", "' OR 1=1; --", "\x01\x7f"} {
			if _, err := w.client(token, options...).Decline(t.Context(), decline(text)); err != nil || got != text {
				t.Errorf("%s: %q arrived as %q, %v", name, text, got, err)
			}
		}
	}
}

func TestBrokenTextIsRefusedByField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	w.phone.decline = func(_ context.Context, req *mobilev1.DeclineRequest) error {
		t.Errorf("%q reached the handler", req.GetReason())
		return nil
	}
	for name, options := range protocols {
		_, err := w.client(token, options...).Decline(t.Context(), decline("a\x00b"))
		if f := wantError(t, err, connect.CodeInvalidArgument, "text_malformed"); f.GetField() != "reason" {
			t.Errorf("%s: field %q", name, f.GetField())
		}
		req := decline("fine")
		req.Operation.Id = "\x00"
		_, err = w.client(token, options...).Decline(t.Context(), req)
		if f := wantError(t, err, connect.CodeInvalidArgument, "text_malformed"); f.GetField() != "operation.id" {
			t.Errorf("%s: field %q", name, f.GetField())
		}
	}
	// Broken UTF-8 must go as raw bytes: no codec of a client would write it.
	good, err := proto.Marshal(decline("x"))
	if err != nil {
		t.Fatal(err)
	}
	field := func(number protowire.Number, value string) []byte {
		return protowire.AppendString(protowire.AppendTag(nil, number, protowire.BytesType), value)
	}
	for _, c := range []struct{ contentType, body, reason, field string }{
		{"application/proto", string(good) + string(field(3, "a\xff\xfeb")), "text_malformed", "reason"},
		{"application/proto", string(good) + string(field(1, string(field(1, "\xc0")))), "text_malformed", "operation.id"},
		{"application/json", `{"requestId":"` + someID + `","reason":"a` + "\xff" + `b"}`, "text_malformed", "reason"},
		{"application/json", `{"operation":{"id":"` + "\xed\xa0\x80" + `"}}`, "text_malformed", "operation.id"},
		{"application/json", `{"reas` + "\xff" + `on":"a"}`, "malformed_request", ""},
		{"application/json", `{"reason":` + "\xff" + `}`, "malformed_request", ""},
	} {
		res := w.post(t, token, mobilev1connect.MobileServiceDeclineProcedure, c.contentType, []byte(c.body))
		var wire struct {
			Code    string
			Details []struct{ Type, Value string }
		}
		if err := json.Unmarshal([]byte(res.body), &wire); err != nil || len(wire.Details) != 1 {
			t.Fatalf("%s: %s", c.contentType, res.body)
		}
		raw, err := base64.RawStdEncoding.DecodeString(wire.Details[0].Value)
		if err != nil {
			t.Fatal(err)
		}
		var f faultv1.Fault
		if err := proto.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusBadRequest || wire.Code != "invalid_argument" || f.GetReason() != c.reason ||
			f.GetField() != c.field || strings.Contains(res.body, "mobilev1") {
			t.Errorf("%s, want %s %s: %d %s", c.contentType, c.reason, c.field, res.StatusCode, res.body)
		}
	}
}

func TestGarbageIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	w.phone.decline = func(context.Context, *mobilev1.DeclineRequest) error {
		t.Error("garbage reached the handler")
		return nil
	}
	for name, c := range map[string][2]string{
		"binary":       {"application/proto", "\xff\xff\xff"},
		"no JSON":      {"application/json", "{"},
		"empty JSON":   {"application/json", ""},
		"wrong type":   {"application/json; charset=utf-8", `{"reason": 7}`},
		"deep":         {"application/json", strings.Repeat(`{"operation":`, 20_000)},
		"lone high":    {"application/json", `{"reason":"\ud800"}`},
		"escaped NUL":  {"application/json", `{"reason":"\u0000"}`},
		"our own note": {"application/proto", "\xfa\xff\xff\xff\x0f\x02hi"},
	} {
		res := w.post(t, token, mobilev1connect.MobileServiceDeclineProcedure, c[0], []byte(c[1]))
		if res.StatusCode != http.StatusBadRequest || !strings.Contains(res.body, "utsendt.fault.v1.Fault") || len(res.body) > 1000 {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.body)
		}
	}
}

func TestStreamsCheckEachMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	received := 0
	w.phone.stream = func(_ context.Context, s *connect.ClientStream[mobilev1.StreamPositionsRequest]) error {
		received = 0
		for s.Receive() {
			received++
		}
		return s.Err()
	}
	outside := positions()
	outside.Batch.Fixes = append(outside.Batch.Fixes, fix())
	outside.Batch.Fixes[1].Point.Latitude = 91
	for name, options := range protocols {
		stream, err := w.client(token, options...).StreamPositions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.Send(positions()); err != nil {
			t.Fatal(err)
		}
		_ = stream.Send(outside)
		_, err = stream.CloseAndReceive()
		f := wantError(t, err, connect.CodeInvalidArgument, "invalid_field")
		if f.GetField() != "batch.fixes[1].point.latitude" || received != 1 {
			t.Errorf("%s: field %q after %d messages", name, f.GetField(), received)
		}
	}
}

func TestShapeIsRefusedByField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _ := w.bearer(t, "known")
	for _, options := range protocols {
		_, err := w.client(token, options...).Decline(t.Context(), &mobilev1.DeclineRequest{
			Operation: &mobilev1.Operation{Id: "no uuid"}, RequestId: someID, Reason: "x",
		})
		f := wantError(t, err, connect.CodeInvalidArgument, "invalid_field")
		if f.GetField() != "operation.id" || !strings.Contains(err.Error(), "operation.id") {
			t.Errorf("field %q: %v", f.GetField(), err)
		}
	}
}

func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *rpc.Config) { c.ReadMaxBytes = 1000 })
	token, _ := w.bearer(t, "known")
	for name, options := range protocols {
		// Compressed it would fit.
		options = append(options[:len(options):len(options)], connect.WithSendGzip())
		_, err := w.client(token, options...).Decline(t.Context(), decline(strings.Repeat("a", 2000)))
		if connect.CodeOf(err) != connect.CodeResourceExhausted {
			t.Errorf("%s: %v", name, err)
		}
	}
}
