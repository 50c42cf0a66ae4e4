package notify_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/notify/webpush"
)

func expectFault(t *testing.T, what string, err error, kind fault.Kind, reason string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Reason != reason {
		t.Errorf("%s: got %v, want %v %s", what, err, kind, reason)
	}
}

func TestSubscribeRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	customer := w.customer(t, "nb", "")
	good := w.push.NewPhone(t).Subscription()
	for _, c := range []struct {
		name   string
		spoil  func(*notify.NewSubscription)
		reason string
	}{
		{"plain http", func(n *notify.NewSubscription) { n.Endpoint = "http://push.example.com/x" }, "push_endpoint_invalid"},
		{"loopback", func(n *notify.NewSubscription) { n.Endpoint = "https://127.0.0.1/x" }, "push_endpoint_private"},
		{"private", func(n *notify.NewSubscription) { n.Endpoint = "https://192.168.1.1/x" }, "push_endpoint_private"},
		{"metadata", func(n *notify.NewSubscription) { n.Endpoint = "https://[::ffff:169.254.169.254]/x" }, "push_endpoint_private"},
		{"key", func(n *notify.NewSubscription) { n.P256dh = "AAAA" }, "push_p256dh_invalid"},
		{"secret", func(n *notify.NewSubscription) { n.Auth = "AAAA" }, "push_auth_invalid"},
		{"foreign VAPID key", func(n *notify.NewSubscription) { n.PublicKey = "BAAA" }, "push_key_unknown"},
	} {
		n := notify.NewSubscription{Endpoint: good.Endpoint, P256dh: good.P256dh, Auth: good.Auth}
		c.spoil(&n)
		_, err := w.service.Subscribe(t.Context(), customer, n)
		expectFault(t, c.name, err, fault.Invalid, c.reason)
	}
	n := notify.NewSubscription{Endpoint: good.Endpoint, P256dh: good.P256dh, Auth: good.Auth}
	_, err := w.service.Subscribe(t.Context(), identity.Actor{}, n)
	expectFault(t, "nobody", err, fault.Unauthenticated, "sign_in_required")
}

func TestSameEndpointAgainReplaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	first, second := w.customer(t, "nb", ""), w.customer(t, "en", "")
	phone, before := w.phone(t, first, "Firefox")
	again := w.subscribe(t, first, phone, "Stuen\u202e\n")
	if again.ID != before.ID || again.Label != "Stuen" || !again.CreatedAt.Equal(before.CreatedAt) {
		t.Errorf("before %+v, again %+v", before, again)
	}
	// A message to the first owner waits when the second takes the browser over.
	w.notify(t, about(notify.Audience{Person: first.PersonID}, notify.EnRoute, uuid.New()))
	taken := w.subscribe(t, second, phone, "")
	if taken.ID == before.ID {
		t.Error("another owner got the same subscription")
	}
	w.serve(t)
	if d := w.settled(t, first, 1).Deliveries[0]; d.State != notify.Gone {
		t.Errorf("the first owner's message: %+v", d)
	}
	if all, _ := phone.Received(); len(all) != 0 {
		t.Error("the second owner got the first owner's message")
	}
	if list, _ := w.service.ListSubscriptions(t.Context(), first); len(list) != 0 {
		t.Errorf("the first owner still has %+v", list)
	}
}

func TestLabelComesFromTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	customer := w.customer(t, "nb", "")
	customer.SessionID = uuid.New()
	w.exec(t, `INSERT INTO sessions (id, person_id, token_hash, kind, label, created_at, last_seen_at, expires_at)
		VALUES (?, ?, sha256('x'), 'web', 'Firefox, Linux', now(), now(), now())`, customer.SessionID, customer.PersonID)
	if _, stored := w.phone(t, customer, ""); stored.Label != "Firefox, Linux" {
		t.Errorf("label %q", stored.Label)
	}
	if _, stored := w.phone(t, customer, "Mine"); stored.Label != "Mine" {
		t.Errorf("label %q", stored.Label)
	}
}

func TestTwentySubscriptionsAtMostHoweverManyComeAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	customer := w.customer(t, "nb", "")
	_, kept := w.phone(t, customer, "")
	var wait sync.WaitGroup
	var mu sync.Mutex
	refused := 0
	for range 30 {
		phone := w.push.NewPhone(t).Subscription()
		wait.Go(func() {
			_, err := w.service.Subscribe(context.WithoutCancel(t.Context()), customer, notify.NewSubscription{
				Endpoint: phone.Endpoint, P256dh: phone.P256dh, Auth: phone.Auth,
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				refused++
				expectFault(t, "one too many", err, fault.Limited, "push_subscriptions_limited")
			}
		})
	}
	wait.Wait()
	list, err := w.service.ListSubscriptions(t.Context(), customer)
	if err != nil || len(list) != 20 || refused != 11 {
		t.Errorf("%d subscriptions, %d refused, %v", len(list), refused, err)
	}
	if list[len(list)-1].ID != kept.ID {
		t.Error("the oldest is not the last")
	}
}

func TestUnsubscribeOnlyOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{})
	owner, other := w.customer(t, "nb", ""), w.customer(t, "nb", "")
	phone, stored := w.phone(t, owner, "")
	endpoint := phone.Subscription().Endpoint
	for _, c := range []struct{ id, endpoint string }{
		{stored.ID.String(), ""}, {"", endpoint}, {uuid.NewString(), ""}, {"nonsense", endpoint}, {"", ""}, {"", "\x00"},
	} {
		expectFault(t, c.id+c.endpoint, w.service.Unsubscribe(t.Context(), other, c.id, c.endpoint),
			fault.NotFound, "subscription_not_found")
	}
	_, err := w.service.SendTest(t.Context(), other, stored.ID.String())
	expectFault(t, "test to someone else's", err, fault.NotFound, "subscription_not_found")
	if err := w.service.Unsubscribe(t.Context(), owner, "", endpoint); err != nil {
		t.Error(err)
	}
	expectFault(t, "again", w.service.Unsubscribe(t.Context(), owner, stored.ID.String(), ""),
		fault.NotFound, "subscription_not_found")
}

func TestSendTest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, notify.Config{Mail: newMailbox()})
	w.serve(t)
	customer := w.customer(t, "nb", "testa@example.com")
	_, err := w.service.SendTest(t.Context(), customer, "")
	expectFault(t, "without a browser", err, fault.WrongState, "no_subscription")
	first, stored := w.phone(t, customer, "")
	second, _ := w.phone(t, customer, "")
	if n, err := w.service.SendTest(t.Context(), customer, stored.ID.String()); n != 1 || err != nil {
		t.Errorf("to one: %d, %v", n, err)
	}
	if got, m := received(t, first, 1); got.Title != "Varslene virker" || got.Kind != "test" || m.Topic != "" || got.Tag == "" {
		t.Errorf("the phone shows %+v, topic %q", got, m.Topic)
	}
	if n, err := w.service.SendTest(t.Context(), customer, ""); n != 2 || err != nil {
		t.Errorf("to all: %d, %v", n, err)
	}
	received(t, first, 2)
	received(t, second, 1)
	for range 3 {
		if _, err := w.service.SendTest(t.Context(), customer, ""); err != nil {
			t.Fatal(err)
		}
	}
	_, err = w.service.SendTest(t.Context(), customer, "")
	expectFault(t, "the sixth", err, fault.Limited, "push_test_limited")
	_, err = w.service.SendTest(t.Context(), customer, "nonsense")
	expectFault(t, "nonsense", err, fault.NotFound, "subscription_not_found")
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := newWorld(t, notify.Config{})
	w.serve(t)
	// Servers that ask for the first key at once get the same.
	keys := make(chan string, 8)
	for range cap(keys) {
		go func() {
			key, err := w.service.CurrentKey(ctx)
			if err != nil {
				t.Error(err)
			}
			keys <- key.Public()
		}()
	}
	old := <-keys
	for range cap(keys) - 1 {
		if key := <-keys; key != old {
			t.Fatal("two servers made two first keys")
		}
	}
	customer := w.customer(t, "nb", "")
	phone, _ := w.phone(t, customer, "")
	fresh, err := w.service.RotateKey(ctx)
	if err != nil || fresh.Public() == old {
		t.Fatalf("rotated to %v, %v", fresh, err)
	}
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.EnRoute, uuid.New()))
	if _, m := received(t, phone, 1); m.Token.Key != old {
		t.Error("the old subscription's message is not signed with its own key")
	}
	list, err := w.service.ListSubscriptions(ctx, customer)
	if err != nil || len(list) != 1 || !list[0].Renew {
		t.Errorf("subscriptions %+v, %v", list, err)
	}
	// It subscribes anew with the current key.
	if renewed := w.subscribe(t, customer, phone, ""); renewed.Renew || renewed.ID != list[0].ID {
		t.Errorf("renewed: %+v", renewed)
	}
	w.notify(t, about(notify.Audience{Person: customer.PersonID}, notify.OnSite, uuid.New()))
	if _, m := received(t, phone, 2); m.Token.Key != fresh.Public() {
		t.Error("the renewed subscription's message is not signed with the current key")
	}
	// A page that still has the old key.
	sub := phone.Subscription()
	late, err := w.service.Subscribe(ctx, customer, notify.NewSubscription{
		Endpoint: sub.Endpoint, P256dh: sub.P256dh, Auth: sub.Auth, PublicKey: old + "=",
	})
	if err != nil || !late.Renew {
		t.Errorf("late: %+v, %v", late, err)
	}

	given, err := webpush.GenerateKeys()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // every server does so at its start
		if err := w.service.EnsureKey(ctx, given.Public(), given.Private()); err != nil {
			t.Fatal(err)
		}
	}
	expectFault(t, "a pair that is none", w.service.EnsureKey(ctx, given.Public(), fresh.Private()), fault.Invalid, "push_keys_invalid")
	all, err := w.service.ListKeys(ctx)
	if err != nil || len(all) != 3 || all[0].PublicKey != given.Public() || all[0].RetiredAt != nil ||
		all[1].PublicKey != fresh.Public() || all[2].PublicKey != old || all[2].RetiredAt == nil || all[2].Subscriptions != 1 {
		t.Errorf("keys %+v, %v", all, err)
	}
	// A retired one can come back.
	if err := w.service.EnsureKey(ctx, fresh.Public(), fresh.Private()); err != nil {
		t.Fatal(err)
	}
	if current, err := w.service.CurrentKey(ctx); err != nil || current.Public() != fresh.Public() {
		t.Errorf("current is %v, %v", current, err)
	}
	var audited int
	if err := w.db.NewRaw(`SELECT count(*) FROM audit_trail WHERE object_kind = 'vapid_key'`).Scan(ctx, &audited); err != nil || audited != 4 {
		t.Errorf("%d lines in the audit trail, %v", audited, err)
	}
}
