package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// TestBadFields spoils every field of every request in every way that its kind allows.
func TestBadFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.digest(t)
	calls := 0
	for _, p := range walked() {
		token := w.tokenFor(t, p)
		for _, bad := range spoil(w.valid(t, p)) {
			calls++
			a := w.raw.send(t, p, token, "proto", bad.body)
			if bad.stale {
				// An automatic assignment looks for candidates before the version is compared under the lock; and of
				// what is not there, no version is the present one.
				wellRefused(t, bad.what, a, connect.CodeAborted, connect.CodeFailedPrecondition, connect.CodeNotFound)
				continue
			}
			wellRefused(t, bad.what, a, connect.CodeInvalidArgument)
			if !a.ok && !strings.Contains(a.fault.GetField(), bad.field) && !strings.Contains(a.message, bad.field) {
				t.Errorf("%s: the field is said to be %q (%s)", bad.what, a.fault.GetField(), a.message)
			}
		}
	}
	t.Logf("%d calls", calls)
	w.unchanged(t, before)
}

// TestBadIDs calls everything that takes an id with ids that nothing has and texts that are none.
func TestBadIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.digest(t)
	for _, p := range walked() {
		fields := p.Input().Fields()
		for i := range fields.Len() {
			field := fields.Get(i)
			name := string(field.Name())
			if field.Kind() != protoreflect.StringKind || (name != "id" && !strings.HasSuffix(name, "_id")) || name == "operation_id" || name == "user_id" {
				continue
			}
			for _, id := range []string{
				uuid.NewString(), uuid.Nil.String(), "x", "SR-1000427", "SR-", "0", "-1", "' OR 1=1 --", "../../etc/passwd", "{}", "%", "🖨", strings.Repeat("9", 36),
			} {
				m := proto.Clone(w.valid(t, p))
				m.ProtoReflect().Set(field, protoreflect.ValueOfString(id))
				a := w.raw.message(t, p, w.tokenFor(t, p), m)
				if a.ok && strings.HasPrefix(string(p.Name()), "List") {
					continue // a filter that nothing passes
				}
				if name == "account_id" && a.fault.GetReason() == "of_another_company" {
					continue // whom staff act for, and nothing of theirs was named
				}
				wellRefused(t, p.path()+" with "+name+" "+id, a, connect.CodeInvalidArgument, connect.CodeNotFound)
			}
		}
	}
	w.unchanged(t, before)
}

// TestForgedPageTokens hands in page tokens that look like ours and hold what does not belong there.
func TestForgedPageTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var forged []string
	for _, inner := range []string{
		"", "null", "0", "-1", "1e999", "[]", "{}", `""`, `"\u0000"`, `"\ud800"`, "\xff", `{"n":"\u0000","s":"x"}`, `{"n":"\ud800","s":""}`,
		`{"p":"0000-01-01T00:00:00Z","o":"0000-01-01T00:00:00Z","i":"00000000-0000-0000-0000-000000000000"}`,
		`{"p":"9999-12-31T23:59:59Z","o":"9999-12-31T23:59:59+14:00","i":"ffffffff-ffff-ffff-ffff-ffffffffffff"}`,
		`{"p":"0001-01-01T00:00:00-14:00","o":"0000-12-31T23:59:59Z","i":"x"}`, "9223372036854775807", "99999999999999999999",
	} {
		forged = append(forged, base64.RawURLEncoding.EncodeToString([]byte(inner)))
	}
	forged = append(forged, "!", "=", "a", "' OR 1=1 --", strings.Repeat("A", 500))
	lists := 0
	for _, p := range procedures() {
		field := p.Input().Fields().ByName("page_token")
		if field == nil {
			continue
		}
		lists++
		for _, token := range forged {
			m := proto.Clone(w.valid(t, p))
			m.ProtoReflect().Set(field, protoreflect.ValueOfString(token))
			a := w.raw.message(t, p, w.tokenFor(t, p), m)
			if inner, _ := base64.RawURLEncoding.DecodeString(token); !a.ok {
				wellRefused(t, p.path()+" with the token "+string(inner)+" ("+token+")", a, connect.CodeInvalidArgument)
			}
		}
	}
	if lists < 5 {
		t.Errorf("only %d lists found", lists)
	}
}

// TestBadBodies sends what is no message at all, to every procedure, in both codecs.
func TestBadBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.digest(t)
	deep := strings.Repeat(`{"x":`, 50_000) + "1" + strings.Repeat("}", 50_000)
	for _, p := range walked() {
		token := w.tokenFor(t, p)
		for name, body := range map[string]string{
			"garbage": "\xff\xff\xff\xff", "cut off": "\x0a\x7fabc", "endless number": strings.Repeat("\x80", 20), "a group": "\x0b\x0b\x0b",
		} {
			wellRefused(t, p.path()+" proto "+name, w.raw.send(t, p, token, "proto", []byte(body)), connect.CodeInvalidArgument)
		}
		for name, body := range map[string]string{
			"half": "{", "list": "[]", "null": "null", "text": `"x"`, "number": "1", "two": "{}{}", "not JSON": "<xml/>", "deep": deep,
			"deep lists": strings.Repeat("[", 100_000), "broken UTF-8": "{\"x\":\"\xff\"}", "half a surrogate": `{"x":"\ud800"}`,
			"a file of another kind": "PK\x03\x04",
		} {
			wellRefused(t, p.path()+" JSON "+name, w.raw.send(t, p, token, "json", []byte(body)), connect.CodeInvalidArgument)
		}
		// Nothing at all is the empty message in binary and at the beginning of a stream, and not JSON.
		if a := w.raw.send(t, p, token, "json", nil); !a.ok || p.Input().Fields().Len() > 0 && !p.IsStreamingServer() {
			wellRefused(t, p.path()+" without a body", a, connect.CodeInvalidArgument)
		}
	}
	w.unchanged(t, before)
}

// TestBadEnvelopes breaks the protocol itself.
func TestBadEnvelopes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.digest(t)
	// Beyond the limit, as it is and packed: of most messages, and of the two that carry a file.
	ordinary, large := make([]byte, 1<<20+64<<10), make([]byte, 24<<20)
	ordinaryBomb, largeBomb := zipped(ordinary), zipped(large)
	for _, p := range walked() {
		if p.Name() == "SignOut" {
			continue // it has no need of its message
		}
		token := w.tokenFor(t, p)
		kind, encoding := "application/", "Content-Encoding"
		frame := func(flags byte, size int, data []byte) []byte { return data }
		if p.streams() {
			kind, encoding = "application/connect+", "Connect-Content-Encoding"
			frame = func(flags byte, size int, data []byte) []byte {
				return append(binary.BigEndian.AppendUint32([]byte{flags}, uint32(size)), data...)
			}
		}
		header := func(more ...string) http.Header {
			h := http.Header{"Content-Type": {kind + "proto"}}
			for i := 0; i+1 < len(more); i += 2 {
				h.Set(more[i], more[i+1])
			}
			return h
		}
		huge, bomb := ordinary, ordinaryBomb
		if p.Name() == "Import" || p.Name() == "UploadPhoto" {
			huge, bomb = large, largeBomb
		}
		wellRefused(t, p.path()+" with too much", w.raw.post(t, p, token, header(), bytes.NewReader(frame(0, len(huge), huge))),
			connect.CodeResourceExhausted)
		a := w.raw.post(t, p, token, header(encoding, "gzip"), bytes.NewReader(frame(1, len(bomb), bomb)))
		if a.ok || a.code != connect.CodeResourceExhausted {
			t.Errorf("%s with a zip bomb: %+v", p.path(), a)
		}
		a = w.raw.post(t, p, token, header(encoding, "gzip"), bytes.NewReader(frame(1, 4, []byte("nope"))))
		if a.ok || a.code != connect.CodeInvalidArgument {
			t.Errorf("%s with a broken zip: %+v", p.path(), a)
		}
		a = w.raw.post(t, p, token, header(encoding, "br"), bytes.NewReader(frame(1, 4, []byte("nope"))))
		if a.ok || a.code != connect.CodeUnimplemented {
			t.Errorf("%s in an unknown encoding: %+v", p.path(), a)
		}
		h := header()
		h.Set("Content-Type", "text/plain")
		if a := w.raw.post(t, p, token, h, strings.NewReader("x")); a.ok || a.status != http.StatusUnsupportedMediaType {
			t.Errorf("%s in plain text: %+v", p.path(), a)
		}
		if !p.streams() {
			continue
		}
		for name, body := range map[string][]byte{
			"a frame cut off": frame(0, 100, []byte("short")), "half a head": {0, 0, 0}, "a length beyond all": frame(0, 1<<31, nil),
			"unknown flags": frame(0x40, 0, nil),
		} {
			a := w.raw.post(t, p, token, header(), bytes.NewReader(body))
			wellRefused(t, p.path()+" with "+name, a, connect.CodeInvalidArgument, connect.CodeResourceExhausted)
		}
	}
	w.unchanged(t, before)
}

func zipped(content []byte) []byte {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write(content) // a buffer takes everything
	_ = zip.Close()
	return packed.Bytes()
}

// TestBadTokens: a token that is over, or never was, opens nothing, and every one is answered alike.
func TestBadTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	expired, revoked := w.Phone(t, "tekniker03"), w.Phone(t, "tekniker04")
	if _, err := w.DB.ExecContext(t.Context(), `UPDATE sessions SET expires_at = now() - interval '1 second' WHERE token_hash = sha256(?::text::bytea)`,
		expired.Token); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.ExecContext(t.Context(), `UPDATE sessions SET revoked_at = now() WHERE token_hash = sha256(?::text::bytea)`, revoked.Token); err != nil {
		t.Fatal(err)
	}
	before := w.digest(t)
	for _, p := range procedures() {
		m := w.valid(t, p)
		open := p.open()
		if open && p.Name() != "SignIn" && p.Name() != "SignOut" && !readsOnly(p) {
			continue // whoever is not signed in may do it, and it does something
		}
		for name, token := range map[string]string{
			"expired": expired.Token, "revoked": revoked.Token, "garbage": "x", "almost": "uts_" + strings.Repeat("A", 43),
			"huge": "uts_" + strings.Repeat("A", 30_000), "SQL": "' OR 1=1 --", "another's, cut": expired.Token[:20],
		} {
			a := w.raw.message(t, p, token, m)
			if open {
				if p.Name() == "SignIn" && a.reason() != "sign_in_failed" && a.reason() != "sign_in_limited" {
					t.Errorf("%s with a token that is %s: %+v", p.path(), name, a)
				}
				continue
			}
			wellRefused(t, p.path()+" with a token that is "+name, a, connect.CodeUnauthenticated)
			if a.reason() != "session_over" || a.message != "You are not signed in any more. Please sign in again." {
				t.Errorf("%s with a token that is %s: %s: %s", p.path(), name, a.reason(), a.message)
			}
		}
		if a := w.raw.message(t, p, "", m); !open && (a.code != connect.CodeUnauthenticated || a.reason() != "sign_in_required") {
			t.Errorf("%s without a token: %+v", p.path(), a)
		}
	}
	w.unchanged(t, before)
}

// readsOnly says whether a procedure promises to change nothing.
func readsOnly(p procedure) bool {
	options, ok := p.Options().(*descriptorpb.MethodOptions)
	return ok && options.GetIdempotencyLevel() == descriptorpb.MethodOptions_NO_SIDE_EFFECTS
}
