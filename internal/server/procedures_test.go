package server_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/emptypb"

	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	faultv1 "utsendt/proto/gen/utsendt/fault/v1"
)

// procedure is one RPC that the server serves, found by reflection: a new one is tested without being named.
type procedure struct{ protoreflect.MethodDescriptor }

func (p procedure) path() string { return "/" + string(p.Parent().FullName()) + "/" + string(p.Name()) }

func (p procedure) streams() bool { return p.IsStreamingClient() || p.IsStreamingServer() }

// serves says whose service it is: the last word but one of the package, "mobile" for example.
func (p procedure) serves() string { return strings.Split(string(p.ParentFile().Package()), ".")[1] }

// open says whether everyone may call it, signed in or not. The list stands here beside the rules, so that a procedure is
// opened twice or not at all.
func (p procedure) open() bool {
	switch p.Name() {
	case "SignIn", "SignOut", "ListSupportContacts", "ConfirmEmail", "ListSecurityQuestions", "StartRecovery", "AnswerRecovery",
		"RemindUserId", "SignUp", "ConfirmSignUp", "BeginSignIn", "FinishSignIn", "GetTracking", "WatchTracking":
		return true
	}
	return false
}

func procedures() []procedure {
	var all []procedure
	for _, file := range server.Files() {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				all = append(all, procedure{methods.Get(j)})
			}
		}
	}
	return all
}

// walked are the procedures that the tests of bad input walk over, thousands of calls: all of them; under the race detector, which
// looks at what they have in common, one in five.
func walked() []procedure {
	all := procedures()
	if !underRace {
		return all
	}
	var some []procedure
	for i := 0; i < len(all); i += 5 {
		some = append(some, all[i])
	}
	return some
}

// answer is what a raw call got.
type answer struct {
	status int
	// ok is true when a message came back, or the stream ended without an error.
	ok      bool
	code    connect.Code
	message string
	fault   *faultv1.Fault
}

func (a answer) reason() string { return a.fault.GetReason() }

// wellRefused fails the test unless the answer is an error that a person and a program can both understand.
func wellRefused(t *testing.T, what string, a answer, codes ...connect.Code) {
	t.Helper()
	switch {
	case a.ok:
		t.Errorf("%s: accepted", what)
	case !slices.Contains(codes, a.code):
		t.Errorf("%s: %v (%s: %s), want one of %v", what, a.code, a.reason(), a.message, codes)
	case a.message == "" || strings.Contains(a.message, "pgx") || strings.Contains(a.message, "SQLSTATE") || strings.Contains(a.message, ".go"):
		t.Errorf("%s: the message is %q", what, a.message)
	case a.fault.GetReason() == "" || strings.Trim(a.fault.GetReason(), "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
		t.Errorf("%s: the reason is %q (%v: %s)", what, a.fault.GetReason(), a.code, a.message)
	}
}

// caller makes calls byte by byte, in the Connect protocol.
type caller struct {
	s    *servertest.Server
	http *http.Client
}

// send calls a procedure with a message as the codec ("proto" or "json") writes it.
func (c caller) send(t *testing.T, p procedure, token, codec string, body []byte) answer {
	t.Helper()
	contentType := "application/" + codec
	if p.streams() {
		contentType = "application/connect+" + codec
		body = append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(body))), body...)
	}
	return c.post(t, p, token, http.Header{"Content-Type": {contentType}}, bytes.NewReader(body))
}

func (c caller) message(t *testing.T, p procedure, token string, m proto.Message) answer {
	t.Helper()
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return c.send(t, p, token, "proto", body)
}

// post sends whatever it is given. Of an endless stream it reads the first message.
func (c caller) post(t *testing.T, p procedure, token string, header http.Header, body io.Reader) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.s.URL+p.path(), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatalf("%s: %v", p.path(), err)
	}
	defer res.Body.Close()
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "application/connect+") {
		data, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatalf("%s: %v", p.path(), err)
		}
		if res.StatusCode == http.StatusOK {
			return answer{status: res.StatusCode, ok: true}
		}
		return refusal(res.StatusCode, data)
	}
	var head [5]byte
	if _, err := io.ReadFull(res.Body, head[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return answer{status: res.StatusCode}
		}
		t.Fatalf("%s: %v", p.path(), err)
	}
	if head[0]&2 == 0 {
		return answer{status: res.StatusCode, ok: true}
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, int64(binary.BigEndian.Uint32(head[1:]))))
	if err != nil {
		t.Fatalf("%s: %v", p.path(), err)
	}
	if head[0]&1 != 0 { // compressed, as the request was
		zip, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(zip); err != nil {
			t.Fatal(err)
		}
	}
	var end struct{ Error json.RawMessage }
	if err := json.Unmarshal(data, &end); err != nil {
		t.Fatalf("%s: the end of the stream is %q", p.path(), data)
	}
	if end.Error == nil {
		return answer{status: res.StatusCode, ok: true}
	}
	return refusal(res.StatusCode, end.Error)
}

// text gives what a unary procedure answers to whom it is for, as JSON, and nothing where it finds nothing.
func (w *world) text(t *testing.T, p procedure) string {
	t.Helper()
	body, err := proto.Marshal(w.valid(t, p))
	if err != nil {
		t.Fatal(err)
	}
	out := dynamicpb.NewMessage(p.Output())
	req := connect.NewRequest(&emptypb.Empty{})
	req.Msg.ProtoReflect().SetUnknown(body)
	req.Header().Set("Authorization", "Bearer "+w.tokenFor(t, p))
	res, err := connect.NewClient[emptypb.Empty, emptypb.Empty](w.raw.http, w.URL+p.path()).CallUnary(t.Context(), req)
	if connect.CodeOf(err) == connect.CodeNotFound {
		return "" // the example is about something that is not there
	}
	if err != nil {
		t.Fatalf("%s: %v", p.path(), err)
	}
	if err := proto.Unmarshal(res.Msg.ProtoReflect().GetUnknown(), out); err != nil {
		t.Fatal(err)
	}
	return protojson.Format(out)
}

func refusal(status int, data []byte) answer {
	a := answer{status: status}
	var wire struct {
		Code, Message string
		Details       []struct{ Type, Value string }
	}
	if json.Unmarshal(data, &wire) != nil || a.code.UnmarshalText([]byte(wire.Code)) != nil {
		a.message = string(data)
		return a
	}
	a.message = wire.Message
	for _, d := range wire.Details {
		if d.Type != "utsendt.fault.v1.Fault" {
			continue
		}
		if raw, err := base64.RawStdEncoding.DecodeString(d.Value); err == nil {
			f := new(faultv1.Fault)
			if proto.Unmarshal(raw, f) == nil {
				a.fault = f
			}
		}
	}
	return a
}
