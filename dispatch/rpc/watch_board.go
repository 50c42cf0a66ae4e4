package rpc

import (
	"context"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/dispatch"
	"utsendt/internal/identity"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// WatchBoard streams the board, in batches to those who ask for them.
func (b *Board) WatchBoard(ctx context.Context, req *dispatchv1.WatchBoardRequest, stream *connect.ServerStream[dispatchv1.WatchBoardResponse]) error {
	return b.service.FollowBoard(ctx, identity.Caller(ctx), func(c dispatch.BoardChange) error {
		if req.Batched {
			return stream.Send(b.batch(c))
		}
		for _, message := range b.single(c) {
			if err := stream.Send(message); err != nil {
				return err
			}
		}
		return nil
	})
}

// batch is a change in one message.
func (b *Board) batch(c dispatch.BoardChange) *dispatchv1.WatchBoardResponse {
	now := b.service.Now()
	switch {
	case c.Requests != nil:
		batch := &dispatchv1.Requests{Snapshot: c.Snapshot}
		for _, r := range c.Requests {
			out := request(r)
			if r.Latest != nil {
				out.Latest = activities([]dispatch.Activity{*r.Latest})[0]
			}
			batch.Requests = append(batch.Requests, out)
		}
		return &dispatchv1.WatchBoardResponse{Change: &dispatchv1.WatchBoardResponse_Requests{Requests: batch}}
	case c.Technicians != nil:
		batch := &dispatchv1.Technicians{Snapshot: c.Snapshot}
		for i := range c.Technicians {
			batch.Technicians = append(batch.Technicians, technician(&c.Technicians[i], now))
		}
		return &dispatchv1.WatchBoardResponse{Change: &dispatchv1.WatchBoardResponse_Technicians{Technicians: batch}}
	case c.Moved != nil:
		batch := &dispatchv1.TechniciansMoved{}
		for i := range c.Moved {
			batch.Moved = append(batch.Moved, &dispatchv1.TechnicianMoved{
				TechnicianId: c.Moved[i].TechnicianID.String(), Position: Position(&c.Moved[i], now),
			})
		}
		return &dispatchv1.WatchBoardResponse{Change: &dispatchv1.WatchBoardResponse_TechniciansMoved{TechniciansMoved: batch}}
	case c.Complete != nil:
		return &dispatchv1.WatchBoardResponse{Change: &dispatchv1.WatchBoardResponse_SnapshotComplete{SnapshotComplete: &dispatchv1.SnapshotComplete{
			Requests: int32(c.Complete.Requests), Technicians: int32(c.Complete.Technicians),
		}}}
	}
	return &dispatchv1.WatchBoardResponse{Change: &dispatchv1.WatchBoardResponse_Heartbeat{
		Heartbeat: &dispatchv1.Heartbeat{ServerTime: timestamppb.New(now)},
	}}
}

// single is a change with a message for each thing, as those expect it who do not ask for batches.
func (b *Board) single(c dispatch.BoardChange) []*dispatchv1.WatchBoardResponse {
	var messages []*dispatchv1.WatchBoardResponse
	switch change := b.batch(c).Change.(type) {
	case *dispatchv1.WatchBoardResponse_Requests:
		for _, r := range change.Requests.Requests {
			messages = append(messages, &dispatchv1.WatchBoardResponse{Change: &dispatchv1.WatchBoardResponse_Request{Request: r}})
		}
	case *dispatchv1.WatchBoardResponse_Technicians:
		for _, t := range change.Technicians.Technicians {
			messages = append(messages, &dispatchv1.WatchBoardResponse{Change: &dispatchv1.WatchBoardResponse_Technician{Technician: t}})
		}
	case *dispatchv1.WatchBoardResponse_TechniciansMoved:
		for _, m := range change.TechniciansMoved.Moved {
			messages = append(messages, &dispatchv1.WatchBoardResponse{Change: &dispatchv1.WatchBoardResponse_Moved{Moved: m}})
		}
	default:
		messages = append(messages, &dispatchv1.WatchBoardResponse{Change: change})
	}
	return messages
}
