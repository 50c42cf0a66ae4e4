package rpc

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

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
	// broken names the field with broken UTF-8 in data that could not be decoded into the message; "" when
	// it is another fault. It may change the message.
	broken func(data []byte, message proto.Message) string
}

// codecs replace Connect's by having their names.
func codecs() []connect.HandlerOption {
	json := jsonCodec
	json.name = "json; charset=utf-8"
	return []connect.HandlerOption{
		connect.WithCodec(binaryCodec), connect.WithCodec(jsonCodec), connect.WithCodec(json),
	}
}

var binaryCodec = codec{
	name:      "proto",
	marshal:   proto.MarshalOptions{}.MarshalAppend,
	unmarshal: proto.Unmarshal,
	broken: func(data []byte, message proto.Message) string {
		return brokenBinary(message.ProtoReflect().Descriptor(), data, "", 0)
	},
}

var jsonCodec = codec{name: "json", marshal: protojson.MarshalOptions{}.MarshalAppend, unmarshal: unmarshalJSON, broken: brokenJSON}

func unmarshalJSON(data []byte, message proto.Message) error {
	// Unknown fields come from clients that are newer than we are.
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(data, message)
}

// brokenJSON decodes again with a NUL in place of what is broken, and looks where it ends up.
func brokenJSON(data []byte, message proto.Message) string {
	if utf8.Valid(data) || unmarshalJSON(bytes.ToValidUTF8(data, []byte(`\u0000`)), message) != nil {
		return ""
	}
	if err := checkMessage(message.ProtoReflect(), ""); err != nil {
		return fault.From(err).Field
	}
	return ""
}

// maxDepth is how deep brokenBinary looks; our messages are far from it.
const maxDepth = 100

// brokenBinary looks for the first string that is no UTF-8; path is where data is, with a dot at its end.
func brokenBinary(message protoreflect.MessageDescriptor, data []byte, path string, depth int) string {
	for len(data) > 0 && depth < maxDepth {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return ""
		}
		data = data[n:]
		size := protowire.ConsumeFieldValue(number, kind, data)
		if size < 0 {
			return ""
		}
		if field := message.Fields().ByNumber(number); field != nil && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(data)
			at := path + string(field.Name())
			switch {
			case field.Kind() == protoreflect.StringKind && !utf8.Valid(value):
				return at
			case field.Kind() == protoreflect.MessageKind:
				if inner := brokenBinary(field.Message(), value, at+".", depth+1); inner != "" {
					return inner
				}
			}
		}
		data = data[size:]
	}
	return ""
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
		field := c.broken(data, m)
		proto.Reset(m)
		m.ProtoReflect().SetUnknown(note(field, err))
	}
	return nil
}

// noteField is the highest field number there can be; no message of ours has it. A client that sends it
// gets its message refused, nothing more.
const noteField = protowire.MaxValidNumber

// maxNote keeps the text of a decoder's error short, in bytes.
const maxNote = 200

// note is a field that holds the name of the broken one, if known, a line break and the decoder's text.
func note(field string, err error) []byte {
	text := strings.ToValidUTF8(err.Error(), "")
	// The decoders' texts begin with "proto:" and a space of one of two kinds.
	text = strings.TrimLeft(strings.TrimPrefix(text, "proto:"), " \u00a0")
	if len(text) > maxNote {
		text = strings.ToValidUTF8(text[:maxNote], "")
	}
	raw := protowire.AppendTag(nil, noteField, protowire.BytesType)
	return protowire.AppendString(raw, field+"\n"+text)
}

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

func malformed(note string) error {
	field, text, _ := strings.Cut(strings.ToValidUTF8(note, ""), "\n")
	if field != "" {
		return brokenText(field)
	}
	return fault.NewInvalid("", "malformed_request", "The request could not be read: "+text+".")
}
