package server_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// spoiled is a message with one field made bad.
type spoiled struct {
	what string
	// field is the name of the bad field, without those it is in.
	field string
	body  []byte
	// stale: it may also be answered as a version that is not the present one.
	stale bool
}

// spoil gives every way to make one field of a valid message bad, by the kind of the field.
func spoil(valid proto.Message) []spoiled {
	s := &spoiler{valid: valid}
	s.message(valid.ProtoReflect().Descriptor(), nil)
	return s.all
}

type spoiler struct {
	valid proto.Message
	all   []spoiled
}

// message walks over the fields; path leads from the valid message to where they are.
func (s *spoiler) message(d protoreflect.MessageDescriptor, path []protoreflect.FieldDescriptor) {
	for i := range d.Fields().Len() {
		field := d.Fields().Get(i)
		at := append(append([]protoreflect.FieldDescriptor{}, path...), field)
		if s.missing(at) {
			s.add("missing", at, func(m protoreflect.Message) { m.Clear(field) })
		}
		if field.IsList() {
			if parent(proto.Clone(s.valid), at).Get(field).List().Len() == 0 {
				panic(fmt.Sprintf("the example of %s has an empty %s: give it an element", s.valid.ProtoReflect().Descriptor().FullName(), field.FullName()))
			}
			s.add("1001 of them", at, func(m protoreflect.Message) {
				list := m.Mutable(field).List()
				for list.Len() < 1001 {
					list.Append(list.Get(0))
				}
			})
		}
		if field.Message() != nil {
			if field.Message().FullName() == "google.protobuf.Timestamp" {
				s.timestamps(at)
			} else {
				s.message(field.Message(), at)
			}
			continue
		}
		for name, value := range badValues(field) {
			s.add(name, at, func(m protoreflect.Message) {
				if field.IsList() {
					m.Mutable(field).List().Set(0, value)
				} else {
					m.Set(field, value)
				}
			})
		}
		if field.Kind() == protoreflect.StringKind {
			s.broken(at)
		}
	}
}

// missing reports that a message without the field breaks the rules of its shape.
func (s *spoiler) missing(at []protoreflect.FieldDescriptor) bool {
	m := proto.Clone(s.valid)
	parent(m, at).Clear(at[len(at)-1])
	return protovalidate.Validate(m) != nil
}

func badValues(field protoreflect.FieldDescriptor) map[string]protoreflect.Value {
	switch field.Kind() {
	case protoreflect.StringKind:
		return map[string]protoreflect.Value{
			"100,000 letters": protoreflect.ValueOfString(strings.Repeat("å", 100_000)),
			"NUL":             protoreflect.ValueOfString("a\x00b"),
		}
	case protoreflect.EnumKind:
		return map[string]protoreflect.Value{
			"unknown": protoreflect.ValueOfEnum(9999), "negative": protoreflect.ValueOfEnum(-1),
		}
	case protoreflect.DoubleKind:
		return map[string]protoreflect.Value{
			"NaN": protoreflect.ValueOfFloat64(math.NaN()), "Inf": protoreflect.ValueOfFloat64(math.Inf(1)),
			"-Inf": protoreflect.ValueOfFloat64(math.Inf(-1)), "huge": protoreflect.ValueOfFloat64(1e308),
			"hugely negative": protoreflect.ValueOfFloat64(-1e308),
		}
	case protoreflect.Int32Kind:
		return map[string]protoreflect.Value{
			"-1": protoreflect.ValueOfInt32(-1), "least": protoreflect.ValueOfInt32(math.MinInt32), "most": protoreflect.ValueOfInt32(math.MaxInt32),
		}
	case protoreflect.Int64Kind:
		return map[string]protoreflect.Value{
			"-1": protoreflect.ValueOfInt64(-1), "least": protoreflect.ValueOfInt64(math.MinInt64), "most": protoreflect.ValueOfInt64(math.MaxInt64),
		}
	case protoreflect.BoolKind, protoreflect.BytesKind: // any bytes are bytes; how many is the message's limit
		return nil
	}
	panic(fmt.Sprintf("no bad values for %s: add some", field.FullName()))
}

func (s *spoiler) timestamps(at []protoreflect.FieldDescriptor) {
	field := at[len(at)-1]
	for name, bad := range map[string]*timestamppb.Timestamp{
		"year 0": {Seconds: -62135596801}, "year 10000": {Seconds: 253402300800}, "year 1": {Seconds: -62135596800},
		"year 9999": {Seconds: 253402300799}, "1969": {Seconds: -1}, "the beginning of time": {Seconds: math.MinInt64},
		"the end of time": {Seconds: math.MaxInt64}, "too many nanoseconds": {Seconds: 1e9, Nanos: 1e9},
		"negative nanoseconds": {Seconds: 1e9, Nanos: -1},
	} {
		s.add(name, at, func(m protoreflect.Message) { m.Set(field, protoreflect.ValueOfMessage(bad.ProtoReflect())) })
	}
}

// broken puts bytes that are no UTF-8 where the encoder would refuse them.
func (s *spoiler) broken(at []protoreflect.FieldDescriptor) {
	for name, bytesOf := range map[string]string{
		"broken UTF-8": "\xff\xfe\xfd", "lone surrogate": "\xed\xa0\x80", "overlong": "\xe0\x80\x80", "beyond Unicode": "\xf4\x90\x80",
	} {
		field := at[len(at)-1]
		marker := "\x01\x02\x03"
		s.add(name, at, func(m protoreflect.Message) {
			value := protoreflect.ValueOfString(marker)
			if field.IsList() {
				m.Mutable(field).List().Set(0, value)
			} else {
				m.Set(field, value)
			}
		})
		last := &s.all[len(s.all)-1]
		last.body = bytes.Replace(last.body, []byte(marker), []byte(bytesOf), 1)
	}
}

func (s *spoiler) add(how string, at []protoreflect.FieldDescriptor, change func(protoreflect.Message)) {
	m := proto.Clone(s.valid)
	change(parent(m, at))
	body, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	names := make([]string, len(at))
	for i, f := range at {
		names[i] = string(f.Name())
	}
	field := names[len(names)-1]
	s.all = append(s.all, spoiled{
		what: fmt.Sprintf("%s.%s: %s", s.valid.ProtoReflect().Descriptor().Name(), strings.Join(names, "."), how), field: field, body: body,
		stale: (field == "expected_version" || field == "version") && how == "most",
	})
}

// parent gives the message that the last field of a path is in; of lists, the first element.
func parent(m proto.Message, at []protoreflect.FieldDescriptor) protoreflect.Message {
	inner := m.ProtoReflect()
	for _, field := range at[:len(at)-1] {
		if field.IsList() {
			inner = inner.Mutable(field).List().Get(0).Message()
		} else {
			inner = inner.Mutable(field).Message()
		}
	}
	return inner
}
