package rpc

import (
	"context"
	"net/http"

	"connectrpc.com/connect"
)

// errorInterceptor shows every error of a handler, and of the interceptors inside it, by the one table,
// and turns panics into errors.
type errorInterceptor struct{ faults *faults }

func (i *errorInterceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (res connect.AnyResponse, err error) {
		defer i.recover(ctx, req.Spec().Procedure, &err)
		res, err = next(ctx, req)
		return res, i.faults.refused(ctx, req.Spec().Procedure, err)
	}
}

func (i *errorInterceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) (err error) {
		defer i.recover(ctx, conn.Spec().Procedure, &err)
		return i.faults.refused(ctx, conn.Spec().Procedure, next(ctx, conn))
	}
}

// WrapStreamingClient leaves clients alone.
func (i *errorInterceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func (i *errorInterceptor) recover(ctx context.Context, procedure string, err *error) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler: // net/http's own signal
		panic(p)
	default:
		*err = i.faults.panicked(ctx, procedure, p)
	}
}
