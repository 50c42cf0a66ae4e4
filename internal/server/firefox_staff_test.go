package server_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/notify/pushtest/firefox"
	dispatchv1 "utsendt/proto/gen/utsendt/dispatch/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

// TestFirefoxTellsStaff is web push on the technician's phone, whose page comes from the phone itself, and then, in the
// same browser, at the dispatcher's board: each turns it on in their own app, and a click opens the job or the request.
func TestFirefoxTellsStaff(t *testing.T) {
	t.Parallel()
	w := newFirefoxWorld(t)
	request := w.openRequest()
	w.phoneIsTold(request)
	w.boardIsTold(request)
}

func (w *firefoxWorld) phoneIsTold(request *portalv1.Request) {
	w.t.Helper()
	w.user, w.userID = w.technician, "tekniker01"
	w.goTo("/tech/")
	w.signIn(w.userID)
	// Mark the page that is kept: what is opened below shows that it is this one, and not the server's.
	w.awaitPage("the app is kept on the phone", `caches.match("/tech/whole").then((one) => one !== undefined)`, true)
	w.run(`(async () => {
		const page = await caches.match("/tech/")
		const text = (await page.text()).replace("</head>", '<meta name="kept"></head>')
		const cache = await caches.open((await caches.keys()).find((one) => one.startsWith("utsendt-tech-")))
		await cache.put("/tech/", new Response(text, { headers: page.headers }))
	})()`, nil)
	w.goTo("/tech/")
	w.awaitPage("the page comes from the phone", `document.querySelector("meta[name=kept]") !== null`, true)
	w.click(`header button[lang="en"]`)
	w.clickButton("Turn on notifications") // the offer on the page of today's jobs
	w.await("the server has the phone", func() bool { return len(w.subscriptions()) == 1 && w.language() == "en" },
		func() any { return []any{w.subscriptions(), w.language()} })

	// The customer and the dispatcher read Norwegian, this technician English.
	w.step(request.Id, "dispatched")
	w.clickNotification(request.Number + ": New job")
	w.awaitTabs(w.URL+"/tech/", w.URL+"/tech/jobs/"+request.Id+" in front")
	w.awaitFates("new_job", "push sent")
	if err := w.browser.Switch(w.ctx, w.tabs()[1].ID); err != nil {
		w.t.Fatal(err)
	}
	w.awaitPage("the job is shown", `document.querySelector("[data-job]")?.dataset.job`, request.Number)
	w.awaitPage("this page comes from the phone too", `document.querySelector("meta[name=kept]") !== null`, true)

	// The push service forgets the phone: its service worker subscribes anew, and the next message comes there.
	old := w.endpoint()
	w.push.Forget()
	w.awaitRenewed(old)
	if _, err := w.dispatcher.Dispatch.Recall(w.ctx, &dispatchv1.RecallRequest{
		OperationId: uuid.NewString(), RequestId: request.Id, Reason: "Haster et annet sted",
	}); err != nil {
		w.t.Fatal(err)
	}
	w.awaitFates("job_withdrawn", "push sent")
	w.awaitShown(request.Number + ": Withdrawn")

	w.click(`a[href="/tech/phone"]`)
	w.clickButton("Sign out")
	w.awaitPage("the page asks who signs in", `document.querySelector("input[name=password]") !== null`, true)
	w.awaitShown()
	if subs, endpoint := w.subscriptions(), w.endpoint(); len(subs) != 0 || endpoint != "" {
		w.t.Fatalf("after signing out the server has %v, the browser %q", subs, endpoint)
	}
}

func (w *firefoxWorld) boardIsTold(request *portalv1.Request) {
	w.t.Helper()
	w.user, w.userID = w.dispatcher, "sentral1"
	w.goTo("/board/")
	w.signIn(w.userID)
	w.click(`header button[lang="nb"]`)
	w.click(`a[href="/board/notifications"]`)
	w.click(`[data-push="off"] button`)
	w.awaitSwitch("on")

	if _, err := w.customer.Portal.UpdateRequest(w.ctx, &portalv1.UpdateRequestRequest{
		OperationId: uuid.NewString(), RequestId: request.Id, Text: "Nå lukter det svidd",
	}); err != nil {
		w.t.Fatal(err)
	}
	// The board is open, at another address and behind another tab: it comes to the front, and goes there itself.
	before := w.tabs()
	board := slices.IndexFunc(before, func(tab firefox.Tab) bool { return tab.URL == w.URL+"/board/notifications" })
	if board < 0 {
		w.t.Fatalf("the board is not open: %v", before)
	}
	if other := (board + 1) % len(before); other != board {
		if err := w.browser.Switch(w.ctx, before[other].ID); err != nil {
			w.t.Fatal(err)
		}
	}
	w.clickNotification(request.Number + ": Oppdatert av kunden")
	w.awaitFates("request_updated", "push sent")
	opened := w.URL + "/board/?request=" + request.Id
	w.await("the open board shows the request", func() bool {
		tabs := w.tabs()
		return len(tabs) == len(before) && tabs[board].Front && tabs[board].URL == opened
	}, func() any { return w.tabs() })
	if err := w.browser.Switch(w.ctx, w.tabs()[board].ID); err != nil {
		w.t.Fatal(err)
	}
	w.awaitPage("its panel is open", `document.querySelector("[data-panel]")?.dataset.panel`, request.Number)
	w.awaitPage("with what the customer wrote", `document.querySelector("[data-panel]").textContent.includes("Nå lukter det svidd")`, true)

	w.clickButton("Logg ut")
	w.awaitPage("the page asks who signs in", `document.querySelector("input[name=password]") !== null`, true)
	if subs, endpoint := w.subscriptions(), w.endpoint(); len(subs) != 0 || endpoint != "" {
		w.t.Fatalf("after signing out the server has %v, the browser %q", subs, endpoint)
	}
}
