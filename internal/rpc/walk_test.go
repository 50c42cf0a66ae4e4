package rpc

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
)

func TestCheckTextLooksEverywhere(t *testing.T) {
	t.Parallel()
	text := structpb.NewStringValue
	for field, m := range map[string]proto.Message{
		"value":                             wrapperspb.String("\x00"),
		"fields":                            &structpb.Struct{Fields: map[string]*structpb.Value{"\xff": text("x")}},
		"fields.string_value":               &structpb.Struct{Fields: map[string]*structpb.Value{"x": text("\xff")}},
		"values[1].string_value":            &structpb.ListValue{Values: []*structpb.Value{text("x"), text("\x00")}},
		"list_value.values[0].string_value": structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{text("\x00")}}),
	} {
		var e *fault.Error
		if err := checkText(m); !errors.As(err, &e) || e.Kind != fault.Invalid || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, m := range []proto.Message{
		wrapperspb.String(" æ\u0000"[:3]), wrapperspb.Bytes([]byte{0, 0xff}), &structpb.Struct{}, text("fine"),
	} {
		if err := checkText(m); err != nil {
			t.Errorf("%v: %v", m, err)
		}
	}
}

func FuzzCheckTextAgreesWithDecoder(f *testing.F) {
	f.Add([]byte("\x0a\x03abc"))
	f.Add([]byte("\x0a\x01\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Whatever the bytes, decoding never fails here, and what is then let through is text.
		m := &wrapperspb.StringValue{}
		if err := binaryCodec.Unmarshal(data, m); err != nil {
			t.Fatal(err)
		}
		refused := checkText(m) != nil
		if proto.Unmarshal(data, &wrapperspb.StringValue{}) != nil && !refused {
			t.Errorf("%x cannot be decoded but was let through", data)
		}
	})
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	proxies, err := ParseProxies("10.0.0.0/8", "2001:db8::1", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		proxies   Proxies
		remote    string
		forwarded []string
		proto     string
		tls       bool
		want      Client
	}{
		"direct":                {nil, "192.0.2.1:4711", nil, "", false, Client{Address: "192.0.2.1"}},
		"TLS":                   {nil, "192.0.2.1:4711", nil, "", true, Client{Address: "192.0.2.1", Secure: true}},
		"IPv6":                  {nil, "[2001:db8::7%eth0]:1", nil, "", false, Client{Address: "2001:db8::7"}},
		"mapped":                {nil, "[::ffff:192.0.2.1]:1", nil, "", false, Client{Address: "192.0.2.1"}},
		"nobody is trusted":     {nil, "127.0.0.1:1", []string{"198.51.100.1"}, "https", false, Client{Address: "127.0.0.1"}},
		"a stranger's word":     {proxies, "192.0.2.1:1", []string{"198.51.100.1"}, "https", false, Client{Address: "192.0.2.1"}},
		"through a proxy":       {proxies, "127.0.0.1:1", []string{"198.51.100.1"}, "https", false, Client{Address: "198.51.100.1", Secure: true}},
		"made up before it":     {proxies, "127.0.0.1:1", []string{"203.0.113.9, 198.51.100.1"}, "", false, Client{Address: "198.51.100.1"}},
		"two proxies":           {proxies, "[2001:db8::1]:1", []string{"203.0.113.9", "198.51.100.1, 10.1.2.3"}, "http", false, Client{Address: "198.51.100.1"}},
		"proxies alone":         {proxies, "127.0.0.1:1", []string{"10.1.2.3"}, "", false, Client{Address: "10.1.2.3"}},
		"garbage":               {proxies, "127.0.0.1:1", []string{"198.51.100.1, nonsense"}, "", false, Client{Address: "127.0.0.1"}},
		"with port":             {proxies, "127.0.0.1:1", []string{"[2001:db8::9]:77"}, "", false, Client{Address: "2001:db8::9"}},
		"no header":             {proxies, "127.0.0.1:1", nil, "", false, Client{Address: "127.0.0.1"}},
		"the last proto counts": {proxies, "127.0.0.1:1", nil, "https, http", false, Client{Address: "127.0.0.1"}},
		"Unix socket":           {proxies, "@", []string{"198.51.100.1"}, "https", false, Client{}},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if c.proto != "" {
			r.Header.Set("X-Forwarded-Proto", c.proto)
		}
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if got := c.proxies.client(r); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	for _, bad := range []string{"", "localhost", "10.0.0.0/33"} {
		if _, err := ParseProxies(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// broken is an Authenticator of which the database is gone, or worse.
type broken struct{ fail func() error }

func (b broken) Authenticate(context.Context, string, string) (identity.Actor, identity.Session, error) {
	return identity.Actor{}, identity.Session{}, b.fail()
}

func (b broken) Recheck(context.Context, uuid.UUID) (identity.Actor, error) {
	return identity.Actor{}, b.fail()
}

// When sessions cannot be looked at nobody is let in, not even to what is open.
func TestGateFailsClosed(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("secret") },
		"panic": func() error { panic("secret") },
	} {
		options, err := Options(Config{
			People: broken{fail}, Access: Access{"/test.v1.Test/Open": Everyone, "/test.v1.Test/Closed": SignedIn},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, procedure := range []string{"/test.v1.Test/Open", "/test.v1.Test/Closed"} {
			handler := connect.NewUnaryHandlerSimple(procedure, func(context.Context, *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
				t.Errorf("%s, %s: let in", name, procedure)
				return &wrapperspb.StringValue{}, nil
			}, options...)
			server := httptest.NewServer(handler)
			client := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](server.Client(), server.URL+procedure)
			req := connect.NewRequest(wrapperspb.String("x"))
			req.Header().Set("Authorization", "Bearer token")
			_, err := client.CallUnary(t.Context(), req)
			if connect.CodeOf(err) != connect.CodeInternal || err.Error() != "internal: Something went wrong on our side. Please try again." {
				t.Errorf("%s, %s: %v", name, procedure, err)
			}
			server.Close()
		}
	}
}

func TestCredential(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header map[string]string
		want   string
	}{
		"none":               {nil, ""},
		"bearer":             {map[string]string{"Authorization": "Bearer a"}, "a"},
		"scheme in any case": {map[string]string{"Authorization": "bearer a"}, "a"},
		"cookie":             {map[string]string{"Cookie": "x=1; utsendt_session=b; y=2"}, "b"},
		"bearer wins":        {map[string]string{"Authorization": "Bearer a", "Cookie": "utsendt_session=b"}, "a"},
		"empty bearer wins":  {map[string]string{"Authorization": "Bearer ", "Cookie": "utsendt_session=b"}, ""},
		"another scheme":     {map[string]string{"Authorization": "Basic abc", "Cookie": "utsendt_session=b"}, "b"},
		"other cookies":      {map[string]string{"Cookie": "session=b"}, ""},
	} {
		h := http.Header{}
		for k, v := range c.header {
			h.Set(k, v)
		}
		if got := credential(h); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
