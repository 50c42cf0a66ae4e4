package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// trackingExamples are the messages of TrackingService, for valid.
func (w *world) trackingExamples() []proto.Message {
	return []proto.Message{
		&portalv1.ShareRequestRequest{OperationId: uuid.NewString(), RequestId: w.request.Id, ValidHours: 24},
		&portalv1.ListSharesRequest{RequestId: w.request.Id},
		&portalv1.RevokeShareRequest{OperationId: uuid.NewString(), ShareId: uuid.NewString()},
		&portalv1.GetTrackingRequest{Token: "1.x.x"}, &portalv1.WatchTrackingRequest{Token: "1.x.x"},
	}
}

// trackingAgain sends each change of links again.
func (w *world) trackingAgain(t *testing.T, r *repeater) {
	t.Helper()
	open, err := w.customer.Portal.ListRequests(t.Context(), &portalv1.ListRequestsRequest{OpenOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(open.Requests) == 0 {
		open.Requests = append(open.Requests, w.open(t, w.devices[0], "x"))
	}
	share := again(t, r, simple(t, w.customer.Tracking.ShareRequest), &portalv1.ShareRequestRequest{
		OperationId: uuid.NewString(), RequestId: open.Requests[0].Id,
	}).Share
	again(t, r, simple(t, w.customer.Tracking.RevokeShare), &portalv1.RevokeShareRequest{OperationId: uuid.NewString(), ShareId: share.Id})
}

func (w *world) share(t *testing.T, who *servertest.Person, hours int32) (share *portalv1.Share, token string) {
	t.Helper()
	res, err := who.Tracking.ShareRequest(t.Context(), &portalv1.ShareRequestRequest{
		OperationId: uuid.NewString(), RequestId: w.request.Id, ValidHours: hours,
	})
	if err != nil {
		t.Fatal(err)
	}
	link, err := url.Parse(res.Share.Url)
	if err != nil || link.Path != "/follow" || link.RawQuery != "" || link.Fragment == "" {
		t.Fatalf("the link is %q", res.Share.Url)
	}
	return res.Share, link.Fragment
}

// followed is a page that somebody has open on a link.
type followed struct {
	mu    sync.Mutex
	seen  []*portalv1.Tracked
	ended chan error
}

func follow(t *testing.T, who *servertest.Person, token string) *followed {
	t.Helper()
	f := &followed{ended: make(chan error, 1)}
	stream, err := who.Tracking.WatchTracking(t.Context(), &portalv1.WatchTrackingRequest{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer stream.Close()
		for stream.Receive() {
			if m := stream.Msg().Tracked; m != nil {
				f.mu.Lock()
				f.seen = append(f.seen, m)
				f.mu.Unlock()
			}
		}
		f.ended <- stream.Err()
	}()
	return f
}

func (f *followed) all() []*portalv1.Tracked {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]*portalv1.Tracked(nil), f.seen...)
}

func (f *followed) sees(t *testing.T, what string, ok func(*portalv1.Tracked) bool) {
	t.Helper()
	eventually(t, "the page sees "+what, func() bool {
		all := f.all()
		return len(all) > 0 && ok(all[len(all)-1])
	})
}

// TestTrackingLink: somebody without an account follows a request from being dispatched to its end, sees where the
// technician is while they are on the way and at no other time, and nothing else that is known of it.
func TestTrackingLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	nobody := w.Nobody(t)
	_, token := w.share(t, w.customer, 0)
	page := follow(t, nobody, token)
	now := func(state dispatchv1.RequestState) {
		t.Helper()
		page.sees(t, state.String(), func(m *portalv1.Tracked) bool { return m.State == state })
	}
	report := func(lon float64) {
		t.Helper()
		now := timestamppb.Now()
		if _, err := w.technician.Mobile.ReportPositions(ctx, &mobilev1.ReportPositionsRequest{SentPhoneTime: now, Fixes: []*mobilev1.Fix{{
			Point: &livev1.Point{Latitude: 59.91, Longitude: lon}, AccuracyMetres: 10, PhoneTime: now,
		}}}); err != nil {
			t.Fatal(err)
		}
	}
	now(dispatchv1.RequestState_REQUEST_STATE_DISPATCHED)
	report(10.7501)
	if _, err := w.technician.Mobile.EnRoute(ctx, &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: w.request.Id}); err != nil {
		t.Fatal(err)
	}
	page.sees(t, "where the technician is", func(m *portalv1.Tracked) bool { return m.Tracking.GetPosition().GetPoint().GetLongitude() == 10.7501 })
	report(10.7503)
	page.sees(t, "the technician move", func(m *portalv1.Tracked) bool { return m.Tracking.GetPosition().GetPoint().GetLongitude() == 10.7503 })
	got, err := nobody.Tracking.GetTracking(ctx, &portalv1.GetTrackingRequest{Token: token})
	if err != nil || got.Tracked.Tracking == nil || got.Tracked.TechnicianFirstName == "" || got.Tracked.Number != w.request.Number {
		t.Errorf("%v %v", got, err)
	}
	if _, err := w.technician.Mobile.OnSite(ctx, &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: w.request.Id}); err != nil {
		t.Fatal(err)
	}
	now(dispatchv1.RequestState_REQUEST_STATE_ON_SITE)
	report(10.7505)
	if _, err := w.technician.Mobile.Complete(ctx, &mobilev1.CompleteRequest{
		Operation: servertest.Op(), RequestId: w.request.Id, Outcome: mobilev1.Outcome_OUTCOME_SOLVED, Text: "HEMMELIG",
	}); err != nil {
		t.Fatal(err)
	}
	if err := within(t, "the end", page.ended); err != nil {
		t.Errorf("the page ended with %v", err)
	}
	now(dispatchv1.RequestState_REQUEST_STATE_COMPLETED)
	secrets := []string{"HEMMELIG", w.request.Description, w.request.Id, w.request.Device.Id, w.request.Device.SerialNumber,
		w.request.Place.Line1, w.request.Place.PostalCode, w.request.Contact.Name, w.technicianID}
	for _, m := range page.all() {
		if (m.Tracking != nil) != (m.State == dispatchv1.RequestState_REQUEST_STATE_EN_ROUTE) {
			t.Errorf("while %v: %v", m.State, m.Tracking)
		}
		for _, secret := range secrets {
			if secret != "" && strings.Contains(protojson.Format(m), secret) {
				t.Errorf("the link shows %q: %v", secret, m)
			}
		}
	}
	// A page that opens on it later shows how it ended.
	late := follow(t, nobody, token)
	if err := within(t, "the end", late.ended); err != nil || len(late.all()) != 1 {
		t.Errorf("%v %v", late.all(), err)
	}
}

// TestTrackingLinksEnd: a link that is taken back ends the pages that are open on it, whoever has them open; one that never
// was, one of another server, and one whose time is over answer alike, byte for byte.
func TestTrackingLinksEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	clock := &movingClock{}
	turned := servertest.Start(t, servertest.Options{DatabaseURL: w.DatabaseURL, Change: func(cfg *server.Config) { cfg.Clock = clock.now }})
	share, token := w.share(t, w.customer, 0)
	byStaff, staffToken := w.share(t, w.dispatcher, 1)
	for what, call := range map[string]func() error{
		"another company makes one": func() error {
			_, err := w.stranger.Tracking.ShareRequest(ctx, &portalv1.ShareRequestRequest{OperationId: uuid.NewString(), RequestId: w.request.Id})
			return err
		},
		"another company lists them": func() error {
			_, err := w.stranger.Tracking.ListShares(ctx, &portalv1.ListSharesRequest{RequestId: w.request.Id})
			return err
		},
		"another company takes one back": func() error {
			_, err := w.stranger.Tracking.RevokeShare(ctx, &portalv1.RevokeShareRequest{OperationId: uuid.NewString(), ShareId: share.Id})
			return err
		},
	} {
		if err := call(); connect.CodeOf(err) != connect.CodeNotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	list, err := w.customer.Tracking.ListShares(ctx, &portalv1.ListSharesRequest{RequestId: w.request.Id})
	if err != nil || len(list.Shares) != 2 {
		t.Fatalf("%v %v", list, err)
	}
	for _, one := range list.Shares {
		switch {
		case one.Url == "":
			t.Errorf("no link: %v", one)
		case one.Id == byStaff.Id && (one.MadeBy != "" || one.Mine), one.Id == share.Id && (one.MadeBy == "" || !one.Mine || one.Url != share.Url):
			t.Errorf("%v", one)
		}
	}
	open, mine, short := follow(t, w.Nobody(t), token), follow(t, w.stranger, token), follow(t, turned.Nobody(t), staffToken)
	for _, page := range []*followed{open, mine, short} {
		page.sees(t, "something", func(*portalv1.Tracked) bool { return true })
	}
	if _, err := w.dispatcher.Tracking.RevokeShare(ctx, &portalv1.RevokeShareRequest{OperationId: uuid.NewString(), ShareId: share.Id}); err != nil {
		t.Fatal(err)
	}
	clock.forward(time.Hour)
	for _, page := range []*followed{open, mine, short} {
		if err := within(t, "the end", page.ended); connect.CodeOf(err) != connect.CodeNotFound || faultOf(err).GetReason() != "share_unknown" {
			t.Errorf("the page ended with %v", err)
		}
	}
	// All that does not work, as it goes over the wire.
	var get procedure
	for _, p := range procedures() {
		if p.Name() == "GetTracking" {
			get = p
		}
	}
	raw := caller{turned, servertest.HTTP2(t)}
	answers := map[string]string{}
	for what, token := range map[string]string{
		"taken back": token, "expired": staffToken, "forged": token[:len(token)-4] + "AAAA", "garbage": "x",
	} {
		a := raw.message(t, get, "", &portalv1.GetTrackingRequest{Token: token})
		if a.reason() != "share_unknown" {
			t.Errorf("%s: %v %q", what, a.code, a.reason())
		}
		answers[fmt.Sprint(a.status, a.code, a.message, a.fault)] = what
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
}

// movingClock is the real time and what it was put forward by.
type movingClock struct {
	mu  sync.Mutex
	off time.Duration
}

func (c *movingClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.off)
}

func (c *movingClock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off += d
}

// TestFollowPageIsForNobodyElse: search engines leave the page alone, and no page that is gone to from it learns where from.
func TestFollowPageIsForNobodyElse(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	client := servertest.HTTP1(t)
	for path, private := range map[string]bool{"/follow": true, "/follow/": true, "/": false, "/requests": false} {
		res, _ := get(t, client, s, "GET", path)
		if got := res.Header.Get("X-Robots-Tag") == "noindex, nofollow" && res.Header.Get("Referrer-Policy") == "no-referrer"; got != private || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
		}
	}
}
