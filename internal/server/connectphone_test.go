package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"utsendt/internal/server/servertest"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// connectPhone is a phone on connect-go, over whichever protocol its options choose.
type connectPhone struct {
	http    *http.Client
	url     string
	options []connect.ClientOption
	token   string
}

func (w *world) connectPhone(t *testing.T, http1 bool, options ...connect.ClientOption) *connectPhone {
	client := servertest.HTTP2(t)
	if http1 {
		client = servertest.HTTP1(t)
	}
	return &connectPhone{http: client, url: w.URL, options: options}
}

func (c *connectPhone) use(token string) { c.token = token }

func (c *connectPhone) sign(h http.Header) {
	if c.token != "" {
		h.Set("Authorization", "Bearer "+c.token)
	}
}

// client takes messages of any type: the codecs look at the messages themselves.
func (c *connectPhone) client(method string, res proto.Message) *connect.Client[dynamicpb.Message, dynamicpb.Message] {
	options := append([]connect.ClientOption{connect.WithResponseInitializer(func(_ connect.Spec, m any) error {
		if m, ok := m.(*dynamicpb.Message); ok && res != nil {
			*m = *dynamicpb.NewMessage(res.ProtoReflect().Descriptor())
		}
		return nil
	})}, c.options...)
	return connect.NewClient[dynamicpb.Message, dynamicpb.Message](c.http, c.url+mobileService+method, options...)
}

func dynamic(m proto.Message) *dynamicpb.Message {
	d := dynamicpb.NewMessage(m.ProtoReflect().Descriptor())
	proto.Merge(d, m)
	return d
}

func fill(to proto.Message, from *dynamicpb.Message) error {
	data, err := proto.Marshal(from)
	if err != nil {
		return err
	}
	return proto.Unmarshal(data, to)
}

func (c *connectPhone) call(ctx context.Context, method string, req, res proto.Message) error {
	r := connect.NewRequest(dynamic(req))
	c.sign(r.Header())
	got, err := c.client(method, res).CallUnary(ctx, r)
	if err != nil {
		return err
	}
	return fill(res, got.Msg)
}

func (c *connectPhone) watch(ctx context.Context, method string, req proto.Message) (func(proto.Message) error, error) {
	r := connect.NewRequest(dynamic(req))
	c.sign(r.Header())
	stream, err := c.client(method, &mobilev1.WatchJobsResponse{}).CallServerStream(ctx, r)
	if err != nil {
		return nil, err
	}
	return func(res proto.Message) error {
		if !stream.Receive() {
			return errors.Join(stream.Err(), io.EOF)
		}
		return fill(res, stream.Msg())
	}, nil
}

func (c *connectPhone) upload(ctx context.Context, method string, reqs []proto.Message, res proto.Message) error {
	stream := c.client(method, res).CallClientStream(ctx)
	c.sign(stream.RequestHeader())
	for _, req := range reqs {
		if err := stream.Send(dynamic(req)); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	got, err := stream.CloseAndReceive()
	if err != nil {
		return err
	}
	return fill(res, got.Msg)
}

func (c *connectPhone) fault(err error) (connect.Code, *faultv1.Fault) {
	return connect.CodeOf(err), faultOf(err)
}

// faultOf gives the detail that connect-go found in an error; nil when there is none.
func faultOf(err error) *faultv1.Fault {
	var coded *connect.Error
	if !errors.As(err, &coded) {
		return nil
	}
	for _, detail := range coded.Details() {
		if m, err := detail.Value(); err == nil {
			if f, ok := m.(*faultv1.Fault); ok {
				return f
			}
		}
	}
	return nil
}
