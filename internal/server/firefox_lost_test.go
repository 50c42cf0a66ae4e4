package server_test

import (
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"utsendt/internal/notify/pushtest"
)

// TestFirefoxSubscriptionLost loses the subscription in each way that there is, and shows that e-mail steps in where
// push cannot and that push comes back by itself.
func TestFirefoxSubscriptionLost(t *testing.T) {
	t.Parallel()
	w := newFirefoxWorld(t)
	request := w.openRequest()
	page := "/requests/" + request.Number
	w.goTo("/")
	w.signIn("kunde01")
	w.turnOn()
	w.step(request.Id, "dispatched")
	w.awaitShown(request.Number + ": Utsendt")
	w.awaitFates("dispatched", "push sent")

	// The push service has dropped it, and the browser does not know.
	dead := w.endpoint()
	w.push.SetAnswer(dead, pushtest.Answer{Status: 410})
	w.step(request.Id, "en_route")
	w.awaitFates("en_route", "email sent", "push gone")
	if subs := w.subscriptions(); len(subs) != 0 {
		t.Fatalf("the server still has %v", subs)
	}
	if subjects := w.mailSubjects(); !slices.Equal(subjects, []string{request.Number + ": På vei"}) {
		t.Fatalf("e-mails: %q", subjects)
	}
	w.goTo(page)
	w.awaitRenewed(dead)
	w.step(request.Id, "on_site")
	w.awaitShown(request.Number + ": På stedet")
	w.awaitFates("on_site", "push sent")

	// The server has a new key.
	old := w.endpoint()
	keys, err := w.Parts.Notify.RotateKey(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if subs := w.subscriptions(); len(subs) != 1 || !subs[0].Renew {
		t.Fatalf("after a change of keys there is %v", subs)
	}
	w.goTo(page)
	w.awaitRenewed(old)
	w.step(request.Id, "completed")
	w.awaitShown(request.Number + ": Fullført")
	w.awaitFates("completed", "push sent")
	if messages := w.push.Messages(); messages[len(messages)-1].Token.Key != keys.Public() {
		t.Error("the last message is not signed with the new key")
	}

	// The browser has lost it, with nobody looking: its own data were damaged, or the user cleared them.
	old = w.endpoint()
	w.run(`navigator.serviceWorker.ready.then((one) => one.pushManager.getSubscription()).then((one) => one.unsubscribe())`, nil)
	w.goTo(page)
	w.awaitRenewed(old)

	// The push service has forgotten the browser, which then tells the service worker at once: no page is opened.
	old = w.endpoint()
	w.push.Forget()
	w.awaitRenewed(old)
	second := w.openRequest()
	w.step(second.Id, "dispatched")
	w.awaitShown(request.Number+": Fullført", second.Number+": Utsendt")
	w.awaitFates("dispatched", "push sent")
	if subjects := w.mailSubjects(); len(subjects) != 1 {
		t.Errorf("e-mails: %q", subjects)
	}
}

// awaitRenewed waits until the browser has another subscription than before, and the server has that one alone.
func (w *firefoxWorld) awaitRenewed(before string) {
	w.t.Helper()
	stored := func() (endpoints []string) {
		if err := w.DB.NewRaw(`SELECT s.endpoint FROM push_subscriptions s JOIN vapid_keys k ON k.id = s.vapid_key_id
			JOIN people p ON p.id = s.person_id WHERE p.user_id = ? AND k.retired_at IS NULL`, w.userID).Scan(w.ctx, &endpoints); err != nil {
			w.t.Fatal(err)
		}
		return endpoints
	}
	var now string
	w.await("the browser has subscribed anew", func() bool {
		err := w.browser.Evaluate(w.ctx, `navigator.serviceWorker.getRegistration("/")
			.then((registration) => registration?.pushManager.getSubscription())
			.then((subscription) => subscription?.endpoint ?? "")`, &now)
		return err == nil && now != "" && now != before && slices.Equal(stored(), []string{now}) && len(w.subscriptions()) == 1
	}, func() any { return []any{before, now, stored(), w.subscriptions()} })
}

// mailSubjects are the subjects of the e-mails that were sent, sorted.
func (w *firefoxWorld) mailSubjects() (subjects []string) {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.mail, "[^.]*.eml"))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			w.t.Fatal(err)
		}
		message, err := mail.ReadMessage(strings.NewReader(string(text)))
		if err != nil {
			w.t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
		if err != nil {
			w.t.Fatal(err)
		}
		subjects = append(subjects, subject)
	}
	slices.Sort(subjects)
	return subjects
}
