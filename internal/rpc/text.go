package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"utsendt/internal/fault"
)

// textInterceptor refuses messages that could not be decoded, and messages with a string that is no UTF-8
// or holds a NUL, which PostgreSQL cannot store. All other text passes as it is: it is never trimmed or
// normalised here.
type textInterceptor struct{}

func (textInterceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		if err := checkText(req.Any()); err != nil {
			return nil, err
		}
		return next(ctx, req)
	}
}

func (textInterceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		return next(ctx, textConn{conn})
	}
}

func (textInterceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

type textConn struct{ connect.StreamingHandlerConn }

func (c textConn) Receive(message any) error {
	if err := c.StreamingHandlerConn.Receive(message); err != nil {
		return received(err)
	}
	return checkText(message)
}

// received tells what Connect calls internal but is the caller's doing: a stream that breaks off within a message, or
// does not keep to the protocol. Its text is about that alone.
func received(err error) error {
	var coded *connect.Error
	if errors.Is(err, io.EOF) || !errors.As(err, &coded) || coded.Code() != connect.CodeInternal {
		return err
	}
	return fault.NewInvalid("", "malformed_request", "The request could not be read: "+coded.Message()+".", fault.Cause(err))
}

func checkText(message any) error {
	m, ok := message.(proto.Message)
	if !ok {
		return fmt.Errorf("rpc: %T is no message", message)
	}
	if err := undecodable(m); err != nil {
		return err
	}
	return checkMessage(m.ProtoReflect(), "")
}

// checkMessage walks over what is set in m; path is where m itself is, with a dot at its end.
func checkMessage(m protoreflect.Message, path string) (err error) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		at := path + string(field.Name())
		switch {
		case field.IsMap():
			value.Map().Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
				if err = checkValue(field.MapKey(), key.Value(), at); err == nil {
					err = checkValue(field.MapValue(), value, at)
				}
				return err == nil
			})
		case field.IsList():
			for i := 0; i < value.List().Len() && err == nil; i++ {
				err = checkValue(field, value.List().Get(i), fmt.Sprintf("%s[%d]", at, i))
			}
		default:
			err = checkValue(field, value, at)
		}
		return err == nil
	})
	return err
}

func checkValue(field protoreflect.FieldDescriptor, value protoreflect.Value, at string) error {
	switch field.Kind() {
	case protoreflect.StringKind:
		text := value.String()
		if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
			return brokenText(at)
		}
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return checkMessage(value.Message(), at+".")
	}
	return nil
}

func brokenText(field string) error {
	return fault.NewInvalid(field, "text_malformed",
		"The field "+field+" holds characters that are no text (broken UTF-8 or NUL).")
}
