package notify_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/notify/email"
)

// postOffice is a mail server that knows nobody whose address begins with "borte", and counts who talks to it at once.
type postOffice struct {
	mu        sync.Mutex
	delivered map[string]int
	now, most int
}

type counter struct {
	office *postOffice
	to     string
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now++
	p.most = max(p.most, p.now)
	return &counter{office: p}, nil
}

func (*counter) Reset() {}
func (c *counter) Logout() error {
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	c.office.now--
	return nil
}
func (*counter) Mail(string, *smtp.MailOptions) error { return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "borte") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	c.to = to
	return nil
}

func (c *counter) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	c.office.delivered[c.to]++
	return nil
}

// Many mails by a real mail server: each once, never more at a time than was set, and recipients that are refused hold
// up nobody else.
func TestManyMailsByAMailServer(t *testing.T) {
	t.Parallel()
	office := &postOffice{delivered: map[string]int{}}
	server := smtp.NewServer(office)
	server.Domain = "localhost"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener) //nolint:errcheck // ends with Close
	t.Cleanup(func() { server.Close() })
	sender, err := email.Open(email.Config{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: "none", From: "Utsendt <service@example.com>", Timeout: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	const people, refused = 60, 3
	w := newWorld(t, notify.Config{Mail: sender, MailWorkers: 3})
	for i := range people {
		address := fmt.Sprintf("kunde%d@example.com", i)
		if i < refused {
			address = fmt.Sprintf("borte%d@example.com", i)
		}
		w.customer(t, "nb", address)
	}
	w.serve(t)
	w.notify(t, ordered(notify.Audience{Account: w.account}, uuid.New()))
	staff := w.staff(t, identity.RoleDispatcher, "nb", "")
	states := map[notify.State]int{}
	eventually(t, func() string { return fmt.Sprintf("all mails to be settled: %v", states) }, func() bool {
		list, _, err := w.service.ListMessages(t.Context(), staff, notify.About{}, 100, "")
		if err != nil {
			t.Fatal(err)
		}
		clear(states)
		for _, n := range list {
			for _, d := range n.Deliveries {
				states[d.State]++
			}
		}
		return states[notify.Sent]+states[notify.Failed] == people
	})
	office.mu.Lock()
	defer office.mu.Unlock()
	if states[notify.Failed] != refused || len(office.delivered) != people-refused || office.most > 3 {
		t.Errorf("%v in the ledger, %d delivered, %d at once", states, len(office.delivered), office.most)
	}
	for to, times := range office.delivered {
		if times != 1 {
			t.Errorf("%s got %d", to, times)
		}
	}
}
