package server_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/internal/server"
	"utsendt/internal/server/servertest"
	backofficev1 "utsendt/proto/gen/utsendt/backoffice/v1"
	livev1 "utsendt/proto/gen/utsendt/live/v1"
)

// TestMailOfTheDemo follows one mail the whole way: from a change to the folder, through the mailbox page, by the link in
// its headers, to the switch in the account, and in what staff see of it.
func TestMailOfTheDemo(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{Demo: true, Change: func(cfg *server.Config) { cfg.Mail.ShowFolder = true }})
	customer, dispatcher := s.Browser(t, "kunde01"), s.Browser(t, "sentral1")
	me, about := personID(t, s, "kunde01"), uuid.New()
	tell(t, s, notify.Message{
		To: notify.Audience{Person: me}, Kind: notify.ToBeScheduled, SubjectKind: "request", SubjectID: about,
		URL: "/requests/SR-1", Params: map[string]string{"number": "SR-1", "device": "Prøveskriver"},
	})
	client := servertest.HTTP1(t)
	var list string
	eventually(t, "the mail is in the mailbox", func() bool {
		_, list = get(t, client, s, "GET", "/demo/mail")
		return strings.Contains(list, "SR-1:")
	})
	link := regexp.MustCompile(`href="(/demo/mail/[^"]+\.eml)"[^>]*>SR-1:`).FindStringSubmatch(list)
	if link == nil {
		t.Fatalf("no link to the mail in %s", list)
	}
	res, letter := get(t, client, s, "GET", link[1])
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") ||
		!strings.Contains(letter, "Prøveskriver") {
		t.Errorf("policy %q of %s", policy, letter)
	}
	if res, _ := get(t, client, s, "GET", link[1]+"/html"); !strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "sandbox;") ||
		res.Header.Get("X-Frame-Options") != "SAMEORIGIN" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the HTML part has the headers %v", res.Header)
	}
	if res, _ := get(t, client, s, "GET", "/demo/mail/..%2f..%2fetc%2fpasswd"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a path out of the folder is answered with %d", res.StatusCode)
	}

	// One click, as a mail program does it: no cookie, no page.
	turnOff := regexp.MustCompile(`/unsubscribe\?token=[A-Za-z0-9_-]+`).FindString(letter)
	if turnOff == "" {
		t.Fatalf("no way to turn such mail off in %s", letter)
	}
	get(t, client, s, "GET", turnOff)
	if requestsOn(t, customer) != true {
		t.Error("looking at the link turned mail off")
	}
	if res, body := get(t, client, s, "POST", turnOff); res.StatusCode != http.StatusOK {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if requestsOn(t, customer) {
		t.Error("the link turned nothing off")
	}
	// By the page's button in another site's page nothing happens, whoever made it.
	if res, _ := get(t, client, s, "POST", turnOff, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
		t.Errorf("from another site's page: %d", res.StatusCode)
	}

	sent, err := dispatcher.Messages.ListMessages(t.Context(), &backofficev1.ListMessagesRequest{
		SubjectKind: "request", SubjectId: about.String(), PersonId: me.String(),
	})
	if err != nil || len(sent.Messages) != 1 {
		t.Fatalf("%v, %v", sent, err)
	}
	m := sent.Messages[0]
	if m.PersonId != me.String() || m.PersonName == "" || m.MailClass != livev1.MailClass_MAIL_CLASS_REQUESTS || m.SubjectId != about.String() ||
		len(m.Deliveries) != 1 || m.Deliveries[0].State != livev1.DeliveryState_DELIVERY_STATE_SENT || !strings.Contains(m.Deliveries[0].To, "***@") {
		t.Errorf("staff see %v", m)
	}
	// That they were shown it is noted.
	var noted int
	if err := s.DB.NewRaw(`SELECT count(*) FROM personal_data_reads WHERE action = 'message.list' AND ? = ANY (object_ids)`, me).
		Scan(t.Context(), &noted); err != nil || noted != 1 {
		t.Errorf("noted %d times, %v", noted, err)
	}
}

// TestMailIsShownInTheDemoAlone: without being told to, and with a mail server, nothing shows anybody's mail.
func TestMailIsShownInTheDemoAlone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*server.Config){
		"serve":            func(*server.Config) {},
		"by a mail server": func(cfg *server.Config) { cfg.Mail = server.Mail{Host: "127.0.0.1", Port: 1, ShowFolder: true} },
		"mail server and folder": func(cfg *server.Config) {
			cfg.Mail.Host, cfg.Mail.Port, cfg.Mail.ShowFolder = "127.0.0.1", 1, true
		},
	} {
		s := servertest.Start(t, servertest.Options{Change: change})
		for _, path := range []string{"/demo/mail", "/demo/mail/x.eml"} {
			if _, body := get(t, servertest.HTTP1(t), s, "GET", path); strings.Contains(body, "E-posten i demoen") || strings.Contains(body, "Mail of the demo") {
				t.Errorf("%s: %s shows a mailbox", name, path)
			}
		}
	}
}

// TestEverySecretIsMadeBySomebody: a kind of mail with a secret is of no use without its function.
func TestEverySecretIsMadeBySomebody(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	if missing := s.Parts.Notify.MissingSecrets(); len(missing) > 0 {
		t.Errorf("nobody makes the secrets of %v", missing)
	}
}

func requestsOn(t *testing.T, p *servertest.Person) bool {
	t.Helper()
	res, err := p.Live.GetMailPreferences(t.Context(), &livev1.GetMailPreferencesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, preference := range res.Preferences {
		if preference.MailClass == livev1.MailClass_MAIL_CLASS_REQUESTS {
			return preference.On
		}
	}
	t.Fatal("no switch for requests")
	return false
}

func personID(t *testing.T, s *servertest.Server, userID string) uuid.UUID {
	t.Helper()
	var id uuid.UUID
	if err := s.DB.NewRaw(`SELECT id FROM people WHERE user_id = ? AND role = ?`, userID, identity.RoleCustomer).Scan(t.Context(), &id); err != nil {
		t.Fatal(err)
	}
	return id
}

func tell(t *testing.T, s *servertest.Server, m notify.Message) {
	t.Helper()
	if err := postgres.InTx(t.Context(), s.DB, func(ctx context.Context, tx postgres.Tx) error {
		return s.Parts.Notify.Notify(ctx, tx, m)
	}); err != nil {
		t.Fatal(err)
	}
}
