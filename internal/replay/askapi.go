package replay

import (
	"context"
	"fmt"

	"utsendt/internal/simulate/client"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
)

// sampled is every how many requests one is read with its visits.
const sampled = 50

// askAPI walks through the lists as a dispatcher would and compares them with the rows.
func (r *Result) askAPI(ctx context.Context, w *world) error {
	dispatch, session := w.office.browser.Dispatch, &w.office.browser.Session
	open, err := client.Call(ctx, session, dispatch.ListRequests, &dispatchv1.ListRequestsRequest{PageSize: 1})
	if err != nil {
		return fmt.Errorf("listing open requests: %w", err)
	}
	r.check("API", "the queue is empty", open.Total == 0, "it holds %d", open.Total)

	seen := map[string]int{}
	var ids []string
	req := &dispatchv1.ListRequestsRequest{PageSize: 200, States: []dispatchv1.RequestState{dispatchv1.RequestState_REQUEST_STATE_COMPLETED}}
	for {
		page, err := client.Call(ctx, session, dispatch.ListRequests, req)
		if err != nil {
			return fmt.Errorf("listing completed requests: %w", err)
		}
		for _, request := range page.Requests {
			seen[request.Device.GetSerialNumber()]++
			ids = append(ids, request.Id)
		}
		if req.PageToken = page.NextPageToken; req.PageToken == "" {
			break
		}
	}
	lost, doubled := 0, 0
	for i := range w.office.rows {
		switch n := seen[serialOf(i)]; {
		case n == 0:
			lost++
		case n > 1:
			doubled++
		}
	}
	r.check("API", "the list has every row once as completed", lost == 0 && doubled == 0 && len(ids) == len(w.office.rows),
		"of %d rows %d are missing and %d doubled; the list has %d", len(w.office.rows), lost, doubled, len(ids))

	wrong, read := 0, 0
	for i := 0; i < len(ids); i += sampled {
		detail, err := client.Call(ctx, session, dispatch.GetRequest, &dispatchv1.GetRequestRequest{Id: ids[i]})
		if err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		done := 0
		for _, v := range detail.Visits {
			if v.State == dispatchv1.VisitState_VISIT_STATE_DONE {
				done++
			}
		}
		read++
		if done != 1 || int64(len(detail.Activities)) != detail.Request.Version {
			wrong++
		}
	}
	r.check("API", fmt.Sprintf("%d requests read in full have one done visit and a whole history", read), wrong == 0, "%d have not", wrong)
	return nil
}
