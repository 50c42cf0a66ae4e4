package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// world is a server with the demo's fleet and somebody of every kind signed in.
type world struct {
	*servertest.Server
	raw caller

	customer, stranger, dispatcher, admin *servertest.Person
	technician, colleague                 *servertest.Person
	// technicianID and colleagueID are on duty.
	technicianID, colleagueID string
	// devices of the customer, strangerDevices of another company.
	devices, strangerDevices []*portalv1.Device
	// request is the customer's, Dispatched to the technician.
	request *portalv1.Request
	// visitID is the technician's visit, and visitUpload a picture of it that has not arrived.
	visitID, visitUpload string
	// order is the customer's, picked, of what fits every device; staff have looked at it twice.
	order *portalv1.Order
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s := servertest.Start(t, servertest.Options{Demo: true, Change: func(cfg *server.Config) { cfg.Identity.BaseURL = baseURL }})
	w := &world{Server: s, raw: caller{s, servertest.HTTP2(t)}}
	w.customer, w.stranger = s.Browser(t, "kunde01"), s.Browser(t, "kunde02")
	w.dispatcher, w.admin = s.Browser(t, "sentral1"), s.Browser(t, "admin")
	w.technician, w.technicianID = w.onDuty(t, "tekniker01")
	w.colleague, w.colleagueID = w.onDuty(t, "tekniker02")
	w.devices, w.strangerDevices = devicesOf(t, w.customer), devicesOf(t, w.stranger)
	w.givenUpload(t)
	w.request = w.open(t, w.devices[0], "Papiret setter seg fast")
	w.assign(t, w.request.Id, w.technicianID)
	w.givenVisitUpload(t)
	w.placeAndPick(t)
	return w
}

// token gives what a browser has in its cookie: as a bearer token it is as good.
func (w *world) token(t *testing.T, p *servertest.Person) string {
	t.Helper()
	if p.Token != "" {
		return p.Token
	}
	base, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.HTTP.Jar.Cookies(base) {
		if strings.HasPrefix(c.Value, "uts_") {
			return c.Value
		}
	}
	t.Fatal("no session cookie")
	return ""
}

// tokenFor gives a token that may call a procedure.
func (w *world) tokenFor(t *testing.T, p procedure) string {
	t.Helper()
	switch p.serves() {
	case "dispatch", "backoffice":
		if p.forAdmins() {
			return w.token(t, w.admin)
		}
		return w.token(t, w.dispatcher)
	case "mobile":
		return w.token(t, w.technician)
	}
	return w.token(t, w.customer)
}

func (w *world) onDuty(t *testing.T, userID string) (*servertest.Person, string) {
	t.Helper()
	p := w.Phone(t, userID)
	res, err := p.Mobile.SetDuty(t.Context(), &mobilev1.SetDutyRequest{Operation: servertest.Op(), OnDuty: true})
	if err != nil {
		t.Fatal(err)
	}
	return p, res.Me.TechnicianId
}

func devicesOf(t *testing.T, p *servertest.Person) []*portalv1.Device {
	t.Helper()
	res, err := p.Portal.ListDevices(t.Context(), &portalv1.ListDevicesRequest{PageSize: 100})
	if err != nil || len(res.Devices) == 0 {
		t.Fatalf("devices: %v %v", res, err)
	}
	return res.Devices
}

func (w *world) open(t *testing.T, device *portalv1.Device, description string) *portalv1.Request {
	t.Helper()
	res, err := w.customer.Portal.OpenRequest(t.Context(), &portalv1.OpenRequestRequest{
		OperationId: uuid.NewString(), DeviceId: device.Id,
		Category: dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM, Description: description,
	})
	if err != nil {
		t.Fatal(err)
	}
	return res.Request
}

func (w *world) assign(t *testing.T, request, technician string) {
	t.Helper()
	if _, err := w.dispatcher.Dispatch.Assign(t.Context(), &dispatchv1.AssignRequest{
		OperationId: uuid.NewString(), RequestId: request, TechnicianId: technician, OverrideQualification: true,
	}); err != nil {
		t.Fatal(err)
	}
}

// digest is a fingerprint of everything stored, table by table, but for sessions, counted sign-ins, who was
// shown what, and the job queue.
func (w *world) digest(t *testing.T) map[string]string {
	t.Helper()
	w.quiet(t)
	var tables []string
	if err := w.DB.NewRaw(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
		AND NOT relispartition AND relname NOT IN ('sessions', 'sign_in_throttle', 'registration_throttle', 'personal_data_reads') AND relname NOT LIKE 'river%'
		AND relname NOT LIKE 'bun%' ORDER BY relname`).Scan(t.Context(), &tables); err != nil {
		t.Fatal(err)
	}
	sums := make(map[string]string, len(tables))
	for _, table := range tables {
		var sum string
		if err := w.DB.NewRaw(fmt.Sprintf(`SELECT count(*) || ' rows ' || md5(coalesce(string_agg(x::text, E'\n' ORDER BY x::text), ''))
			FROM %s x`, table)).Scan(t.Context(), &sum); err != nil {
			t.Fatal(err)
		}
		sums[table] = sum
	}
	return sums
}

// quiet waits until every message that is due was sent.
func (w *world) quiet(t *testing.T) {
	t.Helper()
	eventually(t, "the messages are sent", func() bool {
		var waiting int
		if err := w.DB.NewRaw(`SELECT count(*) FROM deliveries WHERE state IN ('queued', 'retrying')`).Scan(t.Context(), &waiting); err != nil {
			t.Fatal(err)
		}
		return waiting == 0
	})
}

func (w *world) unchanged(t *testing.T, before map[string]string) {
	t.Helper()
	for table, sum := range w.digest(t) {
		if before[table] != sum {
			t.Errorf("%s changed from %s to %s", table, before[table], sum)
		}
	}
}

// eventually asks until it is so, for a minute.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in a minute it was not so that %s", what)
		}
	}
}
