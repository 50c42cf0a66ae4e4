package rpc

import (
	"context"
	"errors"
	"io"

	"connectrpc.com/connect"
	"github.com/paulmach/orb"
	"google.golang.org/protobuf/types/known/durationpb"

	"utsendt/dispatch"
	"utsendt/geo"
	"utsendt/internal/identity"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
)

// ReportPositions takes a batch.
func (m *Mobile) ReportPositions(ctx context.Context, req *mobilev1.ReportPositionsRequest) (*mobilev1.ReportPositionsResponse, error) {
	rep, err := m.report(ctx, req)
	if err != nil {
		return nil, err
	}
	res := &mobilev1.ReportPositionsResponse{
		ReportEvery: durationpb.New(rep.Every), ClockSkew: durationpb.New(rep.Skew), ClockWrong: rep.ClockWrong,
		Verdicts: make([]mobilev1.FixVerdict, len(rep.Verdicts)),
	}
	for i, v := range rep.Verdicts {
		res.Verdicts[i] = verdicts.toProto[v]
	}
	return res, nil
}

func (m *Mobile) report(ctx context.Context, req *mobilev1.ReportPositionsRequest) (dispatch.Report, error) {
	sent, err := TimeOf("sent_phone_time", req.GetSentPhoneTime())
	if err != nil {
		return dispatch.Report{}, err
	}
	b := dispatch.Batch{SentAt: *sent, Battery: req.Battery, Fixes: make([]geo.Fix, len(req.Fixes))}
	for i, f := range req.Fixes {
		at, err := TimeOf("fixes.phone_time", f.PhoneTime)
		if err != nil {
			return dispatch.Report{}, err
		}
		b.Fixes[i] = geo.Fix{
			Point: orb.Point{f.Point.Longitude, f.Point.Latitude}, Accuracy: f.AccuracyMetres,
			Speed: f.Speed, Heading: f.Heading, At: *at,
		}
	}
	return m.service.ReportPositions(ctx, identity.Caller(ctx), b)
}

// StreamPositions takes batches as they come.
func (m *Mobile) StreamPositions(ctx context.Context, stream *connect.ClientStream[mobilev1.StreamPositionsRequest]) (*mobilev1.StreamPositionsResponse, error) {
	sum := &mobilev1.StreamPositionsResponse{}
	for stream.Receive() {
		rep, err := m.report(ctx, stream.Msg().GetBatch())
		if err != nil {
			return nil, err
		}
		sum.Received += int64(len(rep.Verdicts))
		for _, v := range rep.Verdicts {
			switch v {
			case dispatch.FixLive:
				sum.Live++
			case dispatch.FixHistory:
				sum.History++
			case dispatch.FixFuture, dispatch.FixImplausible, dispatch.FixInaccurate, dispatch.FixTooOld:
				sum.Refused++
			}
		}
		sum.ReportEvery = durationpb.New(rep.Every)
	}
	if err := stream.Err(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return sum, nil
}
