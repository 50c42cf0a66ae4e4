package loadtest

import (
	"context"
	"fmt"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

const technicians = 60

// statusChanges measures the four steps of a technician, each with everything it writes, beside an empty call and a
// bare UPDATE of one row, in turns.
func (b *bench) statusChanges(ctx context.Context) error {
	board, err := b.board(ctx)
	if err != nil {
		return err
	}
	client, err := b.browser(ctx, "sentral2")
	if err != nil {
		return err
	}
	health := connect.NewClient[healthv1.HealthCheckRequest, healthv1.HealthCheckResponse](client, b.url+"/grpc.health.v1.Health/Check")
	var change, empty, update samples
	for i := range technicians {
		p, err := b.phone(ctx, fmt.Sprintf("tekniker%02d", i+1))
		if err != nil {
			return err
		}
		if _, err := p.SetDuty(ctx, &mobilev1.SetDutyRequest{Operation: operation(), OnDuty: true}); err != nil {
			return err
		}
		serial, err := b.serial(ctx, i)
		if err != nil {
			return err
		}
		for range b.cfg.Rounds {
			opened, err := board.OpenRequest(ctx, &dispatchv1.OpenRequestRequest{
				OperationId: uuid.NewString(), SerialNumber: serial,
				Category: dispatchv1.FaultCategory_FAULT_CATEGORY_NOISE, Description: "loadtest",
			})
			if err != nil {
				return err
			}
			id := opened.Request.Id
			if _, err := board.Assign(ctx, &dispatchv1.AssignRequest{
				OperationId: uuid.NewString(), RequestId: id, TechnicianId: p.technicianID, OverrideQualification: true,
			}); err != nil {
				return err
			}
			for _, step := range []func() error{
				func() error {
					_, err := p.Accept(ctx, &mobilev1.AcceptRequest{Operation: operation(), RequestId: id})
					return err
				},
				func() error {
					_, err := p.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: operation(), RequestId: id})
					return err
				},
				func() error {
					_, err := p.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: operation(), RequestId: id})
					return err
				},
				func() error {
					_, err := p.Complete(ctx, &mobilev1.CompleteRequest{
						Operation: operation(), RequestId: id, Outcome: mobilev1.Outcome_OUTCOME_SOLVED, Text: "loadtest",
					})
					return err
				},
			} {
				if err := timed(&change, step); err != nil {
					return err
				}
				if err := timed(&empty, func() error {
					_, err := health.CallUnary(ctx, connect.NewRequest(&healthv1.HealthCheckRequest{}))
					return err
				}); err != nil {
					return err
				}
				if err := timed(&update, func() error {
					_, err := b.parts.DB.Pool.Exec(ctx, `UPDATE accounts SET updated_at = now() WHERE number = (SELECT min(number) FROM accounts)`)
					return err
				}); err != nil {
					return err
				}
			}
		}
	}
	b.printf("status change   p50 %v  p99 %v  (%d calls, everything written)\n", change.at(.5), change.at(.99), change.count())
	b.printf("  empty call    p50 %v  p99 %v  a status change takes %.1f times as long\n", empty.at(.5), empty.at(.99), ratio(&change, &empty))
	b.printf("  bare UPDATE   p50 %v  p99 %v  a status change takes %.1f times as long\n", update.at(.5), update.at(.99), ratio(&change, &update))
	return nil
}

func (b *bench) serial(ctx context.Context, n int) (serial string, err error) {
	err = b.parts.DB.Pool.QueryRow(ctx, `SELECT serial_number FROM devices ORDER BY serial_number OFFSET $1 LIMIT 1`, n).Scan(&serial)
	return serial, err
}

func operation() *mobilev1.Operation {
	return &mobilev1.Operation{Id: uuid.NewString(), PhoneTime: timestamppb.Now(), SentPhoneTime: timestamppb.Now()}
}

// open opens a request for every device of one customer and gives their ids.
func (b *bench) open(ctx context.Context, customer int) (ids []string, watch func(id string) (*connect.ServerStreamForClient[portalv1.WatchRequestResponse], error), err error) {
	client, err := b.browser(ctx, fmt.Sprintf("kunde%02d", customer))
	if err != nil {
		return nil, nil, err
	}
	portal := b.portal(client)
	devices, err := portal.ListDevices(ctx, &portalv1.ListDevicesRequest{PageSize: 100})
	if err != nil {
		return nil, nil, err
	}
	for _, d := range devices.Devices {
		res, err := portal.OpenRequest(ctx, &portalv1.OpenRequestRequest{
			OperationId: uuid.NewString(), DeviceId: d.Id,
			Category: dispatchv1.FaultCategory_FAULT_CATEGORY_NOISE, Description: "loadtest",
		})
		if err != nil {
			return nil, nil, err
		}
		ids = append(ids, res.Request.Id)
	}
	return ids, func(id string) (*connect.ServerStreamForClient[portalv1.WatchRequestResponse], error) {
		return portal.WatchRequest(ctx, &portalv1.WatchRequestRequest{Id: id})
	}, nil
}
