package rpc_test

import (
	"context"
	"testing"

	"connectrpc.com/connect"
	"connectrpc.com/otelconnect"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"utsendt/internal/fault"
	"utsendt/internal/rpc"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// A span tells the code that the client got, and neither address nor token.
func TestTelemetrySeesTheCode(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	w := newWorld(t, func(c *rpc.Config) {
		c.Telemetry = true
		c.TelemetryOptions = []otelconnect.Option{
			otelconnect.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))), otelconnect.WithoutMetrics(),
		}
	})
	token, _ := w.bearer(t, "known")
	w.phone.unary = func(context.Context) error { return fault.NewStale("version_stale", "Someone was quicker.") }
	_, err := w.client(token, connect.WithGRPC()).GetMe(t.Context(), &mobilev1.GetMeRequest{})
	wantError(t, err, connect.CodeAborted, "version_stale")
	waitFor(t, func() bool { return len(spans.Ended()) == 1 })
	var code string
	for _, a := range spans.Ended()[0].Attributes() {
		if a.Key == "rpc.response.status_code" || a.Key == "rpc.grpc.status_code" || a.Key == "rpc.connect_rpc.error_code" {
			code = a.Value.String()
		}
		if v := a.Value.String(); v == "127.0.0.1" && a.Key != "server.address" || v == token {
			t.Errorf("%s is %s", a.Key, v)
		}
	}
	if code != "10" && code != "ABORTED" && code != "aborted" {
		t.Errorf("attributes: %v", spans.Ended()[0].Attributes())
	}
}
