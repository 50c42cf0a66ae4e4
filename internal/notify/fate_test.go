package notify_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/notify"
	"utsendt/internal/notify/pushtest"
)

func TestGoneSubscriptionIsRemovedAndEmailStepsIn(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusGone} {
		mail := newMailbox()
		w := newWorld(t, notify.Config{Mail: mail})
		w.serve(t)
		customer := w.customer(t, "nb", "testa@example.com")
		phone, _ := w.phone(t, customer, "Firefox")
		phone.SetAnswer(pushtest.Answer{Status: status})
		w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.Dispatched, uuid.New()))
		n := w.settled(t, customer, 2)
		push, mailed := n.Deliveries[0], n.Deliveries[1]
		if push.State != notify.Gone || push.LastStatus != status || push.Attempts != 1 {
			t.Errorf("%d: push %+v", status, push)
		}
		if mailed.State != notify.Sent || mailed.Channel != notify.Email || mailed.Recipient != "t***@example.com" {
			t.Errorf("%d: mail %+v", status, mailed)
		}
		got := <-mail.sent
		if got.To != "testa@example.com" || got.Subject != "SR-1000017: Utsendt" ||
			got.Link != "https://utsendt.example.com/requests/SR-1000017" || got.Language != "nb" || got.ID != mailed.ID.String() {
			t.Errorf("%d: mailed %+v", status, got)
		}
		if list, err := w.service.ListSubscriptions(t.Context(), customer); err != nil || len(list) != 0 {
			t.Errorf("%d: still subscribed: %+v, %v", status, list, err)
		}
	}
}

func TestBusyPushServiceIsTriedAgain(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "nb", "testa@example.com")
	for _, answer := range []pushtest.Answer{
		{Status: http.StatusTooManyRequests, RetryAfter: "1", Body: "slow down"},
		{Status: http.StatusInternalServerError},
		{Status: http.StatusServiceUnavailable},
	} {
		phone, subscription := w.phone(t, customer, "")
		phone.SetAnswer(answer)
		before := time.Now()
		w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.Dispatched, uuid.New()))
		if answer.RetryAfter != "" {
			n := w.await(t, customer, "a pause", func(n notify.Notification) bool {
				return n.Deliveries[0].State == notify.Retrying
			})
			if d := n.Deliveries[0]; d.LastStatus != answer.Status || d.LastError != "slow down" || d.Attempts != 1 {
				t.Errorf("while waiting the ledger says %+v", d)
			}
		} else if _, err := w.push.WaitMessages(t.Context(), len(w.push.Messages())+1); err != nil {
			t.Fatal(err)
		}
		phone.SetAnswer(pushtest.Answer{})
		received(t, phone, 1)
		if took := time.Since(before); answer.RetryAfter != "" && took < time.Second {
			t.Errorf("Retry-After was 1 s, and it came again after %v", took)
		}
		d := w.settled(t, customer, 1).Deliveries[0]
		if d.State != notify.Sent || d.Attempts < 2 || d.LastError != "" {
			t.Errorf("%d: the ledger says %+v", answer.Status, d)
		}
		if err := w.service.Unsubscribe(t.Context(), customer, subscription.ID.String(), ""); err != nil {
			t.Fatal(err)
		}
	}
	if len(mail.sent) != 0 {
		t.Errorf("%d mails although push got through", len(mail.sent))
	}
}

func TestAttemptsAreBoundedAndEmailStepsInOnce(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail, Attempts: 3})
	w.serve(t)
	customer := w.customer(t, "en", "testa@example.com")
	const phones = 4
	for range phones {
		phone, _ := w.phone(t, customer, "")
		phone.SetAnswer(pushtest.Answer{Status: http.StatusBadGateway, Body: "no\r\nluck\x00"})
	}
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.NearlyThere, uuid.New()))
	n := w.settled(t, customer, phones+1)
	for _, d := range n.Deliveries[:phones] {
		if d.State != notify.Failed || d.Attempts != 3 || d.LastStatus != 502 || d.LastError != "given up: no luck" {
			t.Errorf("the ledger says %+v", d)
		}
	}
	if got := <-mail.sent; got.Subject != "SR-1000017: Nearly there" || len(mail.sent) != 0 {
		t.Errorf("mailed %q and %d more", got.Subject, len(mail.sent))
	}
	if list, _ := w.service.ListSubscriptions(t.Context(), customer); len(list) != phones || list[0].Failures != 3 {
		t.Errorf("subscriptions %+v", list)
	}
}

func TestOnePhoneThatGetsItIsEnough(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	w.serve(t)
	customer := w.customer(t, "nb", "testa@example.com")
	w.phone(t, customer, "good")
	dead, _ := w.phone(t, customer, "dead")
	dead.SetAnswer(pushtest.Answer{Status: http.StatusGone})
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.Dispatched, uuid.New()))
	w.settled(t, customer, 2)
	if len(mail.sent) != 0 {
		t.Error("mailed although one phone got it")
	}
}

func TestRefusedMessageFailsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	w.serve(t)
	customer := w.customer(t, "nb", "")
	phone, _ := w.phone(t, customer, "")
	phone.SetAnswer(pushtest.Answer{Status: http.StatusForbidden, Body: "  wrong   key " + strings.Repeat("x", 400)})
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.Dispatched, uuid.New()))
	d := w.settled(t, customer, 1).Deliveries[0]
	if d.State != notify.Failed || d.LastStatus != 403 || d.Attempts != 1 ||
		!strings.HasPrefix(d.LastError, "refused: wrong key xxx") || len(d.LastError) > 250 {
		t.Errorf("the ledger says %+v", d)
	}
	if list, _ := w.service.ListSubscriptions(t.Context(), customer); len(list) != 1 || list[0].Failures != 1 {
		t.Errorf("subscriptions %+v", list)
	}
}

// An endpoint that became private after it was stored is not called.
func TestPrivateEndpointIsBlockedWhenSending(t *testing.T) {
	t.Parallel()
	mail := newMailbox()
	w := newWorld(t, notify.Config{Mail: mail})
	customer := w.customer(t, "nb", "testa@example.com")
	_, subscription := w.phone(t, customer, "")
	w.exec(t, `UPDATE push_subscriptions SET endpoint = 'https://10.0.0.1/push/x' WHERE id = ?`, subscription.ID)
	w.serve(t)
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.Dispatched, uuid.New()))
	n := w.settled(t, customer, 2)
	if d := n.Deliveries[0]; d.State != notify.Failed || d.LastStatus != 0 || !strings.Contains(d.LastError, "private network") {
		t.Errorf("the ledger says %+v", d)
	}
	if list, _ := w.service.ListSubscriptions(t.Context(), customer); len(list) != 0 {
		t.Errorf("still subscribed: %+v", list)
	}
	<-mail.sent
}

func TestDamagedSubscriptionFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	customer := w.customer(t, "nb", "")
	_, subscription := w.phone(t, customer, "")
	w.exec(t, `UPDATE push_subscriptions SET auth = 'x' WHERE id = ?`, subscription.ID)
	w.serve(t)
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.Dispatched, uuid.New()))
	if d := w.settled(t, customer, 1).Deliveries[0]; d.State != notify.Failed || d.LastError != "cannot be sent: push_auth_invalid" {
		t.Errorf("the ledger says %+v", d)
	}
}

func TestNewerMessageSupersedesOneThatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{Mail: newMailbox(), Attempts: 1000})
	w.serve(t)
	customer := w.customer(t, "nb", "testa@example.com")
	phone, _ := w.phone(t, customer, "")
	request, to := uuid.New(), notify.Audience{Person: customer.PersonID}
	phone.SetAnswer(pushtest.Answer{Status: http.StatusServiceUnavailable})
	w.notify(t, about(to, notify.Dispatched, request))
	w.await(t, customer, "a failed attempt", func(n notify.Notification) bool { return n.Deliveries[0].Attempts > 0 })
	w.notify(t, about(to, notify.EnRoute, request))
	// About something else, so it does not replace anything.
	w.notify(t, about(to, notify.Completed, uuid.New()))
	eventually(t, func() string { return "the oldest to give way" }, func() bool {
		return w.ledger(t, customer)[2].Deliveries[0].State == notify.Superseded
	})
	phone.SetAnswer(pushtest.Answer{})
	received(t, phone, 2)
	w.settled(t, customer, 1)
	eventually(t, func() string { return "all to settle" }, func() bool {
		list := w.ledger(t, customer)
		return list[0].Deliveries[0].State == notify.Sent && list[1].Deliveries[0].State == notify.Sent
	})
	all, err := phone.Received()
	if err != nil || len(all) != 2 {
		t.Fatalf("%d messages, %v", len(all), err)
	}
	for _, m := range all {
		if strings.Contains(string(m.Payload), "dispatched") {
			t.Error("the superseded message was sent all the same")
		}
	}
	if n := w.ledger(t, customer)[2]; len(n.Deliveries) != 1 {
		t.Errorf("a superseded message was mailed: %+v", n.Deliveries)
	}
}

func TestNothingIsSentLongAfter(t *testing.T) {
	t.Parallel()
	clock := &shift{}
	mail := newMailbox()
	w := newWorldAt(t, notify.Config{Mail: mail}, clock.now)
	customer := w.customer(t, "nb", "testa@example.com")
	phone, _ := w.phone(t, customer, "")
	mailOnly := w.customer(t, "nb", "other@example.com")
	request := uuid.New()
	w.notify(t, about(notify.Audience{Account: w.account}, notify.EnRoute, request))
	clock.forward(3 * time.Hour) // all servers were down
	w.serve(t)
	n := w.settled(t, customer, 2)
	for _, d := range append(n.Deliveries, w.settled(t, mailOnly, 1).Deliveries...) {
		if d.State != notify.Failed || d.Attempts != 0 || d.LastError != "too old to be sent" {
			t.Errorf("the ledger says %+v", d)
		}
	}
	if all, _ := phone.Received(); len(all) != 0 || len(mail.sent) != 0 {
		t.Errorf("%d pushes and %d mails, three hours late", len(all), len(mail.sent))
	}
}

func TestWhoIsDisabledMeanwhileGetsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{Mail: newMailbox()})
	customer := w.customer(t, "nb", "testa@example.com")
	phone, _ := w.phone(t, customer, "")
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.EnRoute, uuid.New()))
	w.exec(t, `UPDATE people SET disabled_at = now() WHERE id = ?`, customer.PersonID)
	w.serve(t)
	if d := w.settled(t, customer, 1).Deliveries[0]; d.State != notify.Failed || d.LastError != "the person is disabled" {
		t.Errorf("the ledger says %+v", d)
	}
	if all, _ := phone.Received(); len(all) != 0 {
		t.Error("sent to somebody disabled")
	}
}

// Two servers work the same queue: each delivery is made once.
func TestTwoServersMakeEachDeliveryOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	w.serve(t)
	other, err := notify.New(w.db, w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.serveAs(t, w.db, other)
	customer := w.customer(t, "nb", "")
	var phones []*pushtest.Phone
	for range 5 {
		phone, _ := w.phone(t, customer, "")
		phones = append(phones, phone)
	}
	const messages = 40
	for range messages {
		w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.Completed, uuid.New()))
	}
	eventually(t, func() string { return "all jobs to end" }, func() bool {
		var open, all int
		if err := w.db.NewRaw(`SELECT count(*) FILTER (WHERE state <> 'sent'), count(*) FROM deliveries`).
			Scan(t.Context(), &open, &all); err != nil {
			t.Fatal(err)
		}
		return open == 0 && all == messages*len(phones)
	})
	for i, phone := range phones {
		all, err := phone.Received()
		if err != nil || len(all) != messages {
			t.Errorf("phone %d has %d messages, %v", i, len(all), err)
		}
	}
}

// What the documentation says of a crash between sending and recording: the message is sent again, with the
// tag by which the browser shows it once.
func TestDeliveryWhoseRecordWasLostIsSentAgainWithTheSameTag(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	client := w.serve(t)
	customer := w.customer(t, "nb", "")
	phone, _ := w.phone(t, customer, "")
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.EnRoute, uuid.New()))
	first, _ := received(t, phone, 1)
	w.settled(t, customer, 1)
	// As the database stands after such a crash: the job waits and the ledger knows of nothing.
	w.exec(t, `UPDATE deliveries SET state = 'queued', attempts = 0`)
	requeue(t, w, client.River().JobRetry)
	if second, _ := received(t, phone, 2); second != first {
		t.Errorf("first %+v, then %+v", first, second)
	}
	w.settled(t, customer, 1)
	// Once the ledger has it, a job that runs again sends nothing.
	requeue(t, w, client.River().JobRetry)
	eventually(t, func() string { return "the job to end" }, func() bool {
		var state string
		if err := w.db.NewRaw(`SELECT state FROM river_job WHERE kind = 'notify_push'`).Scan(t.Context(), &state); err != nil {
			t.Fatal(err)
		}
		return state == "completed"
	})
	if all, _ := phone.Received(); len(all) != 2 {
		t.Errorf("sent %d times", len(all))
	}
}

func requeue[T any](t *testing.T, w *world, retry func(context.Context, int64) (T, error)) {
	t.Helper()
	var id int64
	eventually(t, func() string { return "the job to be completed" }, func() bool {
		return w.db.NewRaw(`SELECT id FROM river_job WHERE kind = 'notify_push' AND state = 'completed'`).
			Scan(t.Context(), &id) == nil
	})
	if _, err := retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

// gone is what a push service says of a browser that unsubscribed.
var gone = pushtest.Answer{Status: http.StatusGone}
