package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/demo"
	"utsendt/internal/notify/pushtest"
	"utsendt/internal/notify/pushtest/firefox"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	"utsendt/portal/web"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
	mobilev1 "utsendt/proto/gen/utsendt/mobile/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// oneFirefox lets one Firefox run at a time: two take longer together than one after the other.
var oneFirefox sync.Mutex

// firefoxWorld is a server, a push service and a Firefox that have only each other, and the people around a request.
type firefoxWorld struct {
	*servertest.Server
	t       *testing.T
	ctx     context.Context
	push    *pushtest.Service
	browser *firefox.Browser
	// mail is the folder that e-mails are written to.
	mail string

	customer, dispatcher, technician *servertest.Person
	technicianID                     string
	// user is whose messages are asked for, by userID: the customer's, until a test says otherwise.
	user   *servertest.Person
	userID string
}

// newFirefoxWorld starts everything. The browser asks for Norwegian, and lets every page show notifications.
func newFirefoxWorld(t *testing.T) *firefoxWorld {
	t.Helper()
	if _, built := web.FS(); !built {
		t.Fatal("the web apps are not built: run `make web` first")
	}
	oneFirefox.Lock()
	t.Cleanup(oneFirefox.Unlock)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	w := &firefoxWorld{t: t, ctx: ctx, push: pushtest.Start(t)}
	w.Server = servertest.Start(t, servertest.Options{Demo: true, Change: func(cfg *server.Config) {
		cfg.Push.AllowedHosts = []string{w.push.Host()}
		w.mail = cfg.Mail.Folder
	}})
	prefs := w.push.FirefoxPrefs()
	prefs["intl.accept_languages"] = "nb, en"
	// Otherwise the driver's own preferences only pretend that a window comes to the front.
	prefs["remote.prefs.recommended"] = false
	w.browser = firefox.Open(t, prefs)
	w.customer, w.dispatcher = w.Browser(t, "kunde01"), w.Browser(t, "sentral1")
	w.technician = w.Phone(t, "tekniker01")
	w.user, w.userID = w.customer, "kunde01"
	duty, err := w.technician.Mobile.SetDuty(ctx, &mobilev1.SetDutyRequest{Operation: servertest.Op(), OnDuty: true})
	if err != nil {
		t.Fatal(err)
	}
	w.technicianID = duty.Me.TechnicianId
	return w
}

// openRequest is the customer's click.
func (w *firefoxWorld) openRequest() *portalv1.Request {
	w.t.Helper()
	devices, err := w.customer.Portal.ListDevices(w.ctx, &portalv1.ListDevicesRequest{})
	if err != nil || len(devices.Devices) == 0 {
		w.t.Fatalf("devices: %v %v", devices, err)
	}
	res, err := w.customer.Portal.OpenRequest(w.ctx, &portalv1.OpenRequestRequest{
		OperationId: uuid.NewString(), DeviceId: devices.Devices[0].Id,
		Category: dispatchv1.FaultCategory_FAULT_CATEGORY_PAPER_JAM, Description: "Papiret setter seg fast",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Request
}

// step takes a request one step further, as the dispatcher or the technician does.
func (w *firefoxWorld) step(id, to string) {
	w.t.Helper()
	var err error
	phone := w.technician.Mobile
	switch to {
	case "dispatched":
		_, err = w.dispatcher.Dispatch.Assign(w.ctx, &dispatchv1.AssignRequest{
			OperationId: uuid.NewString(), RequestId: id, TechnicianId: w.technicianID, OverrideQualification: true,
		})
	case "en_route":
		if _, err = phone.Accept(w.ctx, &mobilev1.AcceptRequest{Operation: servertest.Op(), RequestId: id}); err == nil {
			_, err = phone.EnRoute(w.ctx, &mobilev1.EnRouteRequest{Operation: servertest.Op(), RequestId: id})
		}
	case "on_site":
		_, err = phone.OnSite(w.ctx, &mobilev1.OnSiteRequest{Operation: servertest.Op(), RequestId: id})
	case "completed":
		_, err = phone.Complete(w.ctx, &mobilev1.CompleteRequest{
			Operation: servertest.Op(), RequestId: id, Outcome: mobilev1.Outcome_OUTCOME_SOLVED, Text: "Byttet valse",
		})
	default:
		err = fmt.Errorf("there is no step to %q", to)
	}
	if err != nil {
		w.t.Fatalf("%s: %v", to, err)
	}
}

// language is what the server writes to the user in.
func (w *firefoxWorld) language() string {
	w.t.Helper()
	me, err := w.user.Session.GetMe(w.ctx, &identityv1.GetMeRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	return me.Person.Language
}

// subscriptions are the user's.
func (w *firefoxWorld) subscriptions() []*livev1.Subscription {
	w.t.Helper()
	res, err := w.user.Live.ListSubscriptions(w.ctx, &livev1.ListSubscriptionsRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Subscriptions
}

// fates are what became of the user's newest message of a kind: "push sent", "push gone", "email sent", sorted.
func (w *firefoxWorld) fates(kind string) (fates []string) {
	w.t.Helper()
	res, err := w.user.Live.ListNotifications(w.ctx, &livev1.ListNotificationsRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(res.Notifications, func(n *livev1.Notification) bool { return n.Kind == kind })
	if i < 0 {
		return nil
	}
	for _, d := range res.Notifications[i].Deliveries {
		fates = append(fates, d.Channel+" "+map[livev1.DeliveryState]string{
			livev1.DeliveryState_DELIVERY_STATE_SENT: "sent", livev1.DeliveryState_DELIVERY_STATE_GONE: "gone",
		}[d.State])
	}
	slices.Sort(fates)
	return fates
}

func (w *firefoxWorld) awaitFates(kind string, want ...string) {
	w.t.Helper()
	w.await(fmt.Sprintf("the message %q is %v", kind, want), func() bool { return slices.Equal(w.fates(kind), want) },
		func() any { return w.fates(kind) })
}

// await asks until it is so; have says what is so instead.
func (w *firefoxWorld) await(what string, ok func() bool, have func() any) {
	w.t.Helper()
	for deadline := time.Now().Add(40 * time.Second); !ok(); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("it did not come to be that %s, but %v", what, have())
		}
	}
}

// goTo opens a page by its address, as a reload or a bookmark does.
func (w *firefoxWorld) goTo(path string) {
	w.t.Helper()
	if err := w.browser.Navigate(w.ctx, w.URL+path); err != nil {
		w.t.Fatal(err)
	}
}

// run runs a script in the page.
func (w *firefoxWorld) run(script string, result any) {
	w.t.Helper()
	if err := w.browser.Evaluate(w.ctx, script, result); err != nil {
		w.t.Fatal(err)
	}
}

// awaitPage asks the page until the script gives want. A page that is about to go away gives no answer.
func (w *firefoxWorld) awaitPage(what, script string, want any) {
	w.t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		w.t.Fatal(err)
	}
	var got json.RawMessage
	ask := func() bool {
		if err := w.browser.Evaluate(w.ctx, script, &got); err != nil {
			got = json.RawMessage(err.Error())
		}
		return string(got) == string(text)
	}
	w.await(fmt.Sprintf("%s: %s", what, text), ask, func() any { return string(got) })
}

// click clicks on the first thing in the page that a selector finds.
func (w *firefoxWorld) click(selector string) {
	w.t.Helper()
	w.awaitPage("there is "+selector, fmt.Sprintf(`document.querySelector(%q) !== null`, selector), true)
	w.run(fmt.Sprintf(`document.querySelector(%q).click()`, selector), nil)
}

// clickButton clicks on the button with these words, once it is not busy.
func (w *firefoxWorld) clickButton(words string) {
	w.t.Helper()
	w.awaitPage("there is the button "+words, fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll("button:not([aria-disabled])")].find((one) => one.textContent.trim() === %q)
		found?.click()
		return found !== undefined
	})()`, words), true)
}

// signIn fills in the page's form and sends it.
func (w *firefoxWorld) signIn(userID string) {
	w.t.Helper()
	w.awaitPage("the page asks who signs in", `document.querySelector("input[name=password]") !== null`, true)
	w.run(fmt.Sprintf(`(() => {
		for (const [name, value] of [["username", %q], ["password", %q]]) {
			const field = document.querySelector("input[name=" + name + "]")
			field.value = value
			field.dispatchEvent(new Event("input", { bubbles: true }))
		}
		document.querySelector("form button[type=submit]").click()
	})()`, userID, demo.Password), nil)
	w.awaitPage(userID+" is in", `document.querySelector("header nav a") !== null && !document.querySelector("input[name=password]")`, true)
}

// turnOn turns notifications on by the page's own button.
func (w *firefoxWorld) turnOn() {
	w.t.Helper()
	w.click(`a[href="/notifications"]`)
	w.click(`[data-push="off"] button`)
	w.awaitSwitch("on")
}

// awaitSwitch waits until the page of notifications says so.
func (w *firefoxWorld) awaitSwitch(status string) {
	w.t.Helper()
	w.awaitPage("the switch is", `document.querySelector("[data-push]")?.dataset.push`, status)
}

// awaitShown waits until Firefox shows notifications with exactly these titles, sorted.
func (w *firefoxWorld) awaitShown(titles ...string) {
	w.t.Helper()
	if titles == nil {
		titles = []string{}
	}
	w.awaitPage("Firefox shows", `navigator.serviceWorker.getRegistration("/")
		.then((registration) => registration?.getNotifications() ?? [])
		.then((all) => all.map((one) => one.title).sort())`, titles)
}

// endpoint of the browser's subscription; empty when it has none.
func (w *firefoxWorld) endpoint() (endpoint string) {
	w.t.Helper()
	w.run(`navigator.serviceWorker.getRegistration("/")
		.then((registration) => registration?.pushManager.getSubscription())
		.then((subscription) => subscription?.endpoint ?? "")`, &endpoint)
	return endpoint
}
