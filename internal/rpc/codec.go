package rpc

import (
	"fmt"
	"regexp"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"utsendt/internal/fault"
)

// Connect decodes a unary request before its interceptors run, and answers by itself when that fails:
// without our reason code, and with Go's type names in the text. So these codecs never fail at decoding.
// They empty the message and note in it what was wrong, and the text interceptor, through which every
// message goes, refuses it (see undecodable). In all else they are Connect's own codecs.

// codec decodes without failing.
type codec struct {
	name      string
	marshal   func(dst []byte, message proto.Message) ([]byte, error)
	unmarshal func(data []byte, message proto.Message) error
}

// codecs replace Connect's by having their names.
func codecs() []connect.HandlerOption {
	binary := codec{name: "proto", marshal: proto.MarshalOptions{}.MarshalAppend, unmarshal: proto.Unmarshal}
	json := codec{
		name:    "json",
		marshal: protojson.MarshalOptions{}.MarshalAppend,
		unmarshal: func(data []byte, message proto.Message) error {
			// Unknown fields come from clients that are newer than we are.
			return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(data, message)
		},
	}
	jsonUTF8 := json
	jsonUTF8.name = "json; charset=utf-8"
	return []connect.HandlerOption{connect.WithCodec(binary), connect.WithCodec(json), connect.WithCodec(jsonUTF8)}
}

func (c codec) Name() string { return c.name }

func (c codec) Marshal(message any) ([]byte, error) { return c.MarshalAppend(nil, message) }

func (c codec) MarshalAppend(dst []byte, message any) ([]byte, error) {
	m, ok := message.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("rpc: %T is no message", message)
	}
	return c.marshal(dst, m)
}

func (c codec) Unmarshal(data []byte, message any) error {
	m, ok := message.(proto.Message)
	if !ok {
		return fmt.Errorf("rpc: %T is no message", message)
	}
	if err := c.unmarshal(data, m); err != nil {
		proto.Reset(m)
		m.ProtoReflect().SetUnknown(note(err))
	}
	return nil
}

// noteField is the highest field number there can be; no message of ours has it. A client that sends it
// gets its message refused, nothing more.
const noteField = protowire.MaxValidNumber

// maxNote keeps the text of a decoder's error short, in bytes.
const maxNote = 200

func note(err error) []byte {
	text := strings.ToValidUTF8(err.Error(), "")
	// The decoders' texts begin with "proto:" and a space of one of two kinds.
	text = strings.TrimLeft(strings.TrimPrefix(text, "proto:"), " \u00a0")
	if len(text) > maxNote {
		text = strings.ToValidUTF8(text[:maxNote], "")
	}
	raw := protowire.AppendTag(nil, noteField, protowire.BytesType)
	return protowire.AppendString(raw, text)
}

// fieldInText finds the field in "field utsendt.identity.v1.SignInRequest.user_id contains invalid UTF-8".
var fieldInText = regexp.MustCompile(`\bfield (?:[\w.]+\.)?(\w+)`)

// undecodable is the refusal of a message that could not be decoded; nil for all others.
func undecodable(m proto.Message) error {
	raw := m.ProtoReflect().GetUnknown()
	for len(raw) > 0 {
		number, kind, n := protowire.ConsumeTag(raw)
		if n < 0 {
			return nil
		}
		size := protowire.ConsumeFieldValue(number, kind, raw[n:])
		if size < 0 {
			return nil
		}
		if number == noteField && kind == protowire.BytesType {
			text, _ := protowire.ConsumeString(raw[n:])
			return malformed(text)
		}
		raw = raw[n+size:]
	}
	return nil
}

func malformed(text string) error {
	var field string
	if match := fieldInText.FindStringSubmatch(text); match != nil {
		field = match[1]
	}
	return fault.NewInvalid(field, "malformed_request",
		"The request could not be read: "+strings.ToValidUTF8(text, "")+".")
}
