package email

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	library "github.com/wneessen/go-mail"
)

// server sends through a mail server, one connection for each message: there are few.
type server struct {
	client *library.Client
	from   *mail.Address
}

func newSMTP(cfg Config, from *mail.Address) (*server, error) {
	port := 587
	var options []library.Option
	switch cfg.TLS {
	case "", "starttls":
		options = append(options, library.WithTLSPolicy(library.TLSMandatory))
	case "opportunistic":
		options = append(options, library.WithTLSPolicy(library.TLSOpportunistic))
	case "none":
		options = append(options, library.WithTLSPolicy(library.NoTLS))
	case "implicit":
		port = 465
		options = append(options, library.WithSSL())
	default:
		return nil, fmt.Errorf("email: TLS must be starttls, implicit, opportunistic or none, not %q", cfg.TLS)
	}
	options = append(options,
		library.WithPort(cmp.Or(cfg.Port, port)),
		library.WithTimeout(cmp.Or(cfg.Timeout, 20*time.Second)))
	if cfg.User != "" {
		options = append(options, library.WithSMTPAuth(library.SMTPAuthAutoDiscover),
			library.WithUsername(cfg.User), library.WithPassword(cfg.Password))
	}
	client, err := library.NewClient(cfg.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("email: setting up SMTP: %w", err)
	}
	return &server{client: client, from: from}, nil
}

func (s *server) Send(ctx context.Context, m Message) error {
	msg, err := m.build(s.from)
	if err != nil {
		return err
	}
	err = s.client.DialAndSendWithContext(ctx, msg)
	// Once the server has said that it has it, nothing that follows takes that back.
	if err == nil || msg.IsDelivered() {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return explain(err)
}

// explain tells what may be tried again: everything but a clear no.
func explain(err error) error {
	var refusal *library.SendError
	if errors.As(err, &refusal) && refusal.ErrorCode() != 0 {
		detail := fmt.Sprintf("the mail server answered %d", refusal.ErrorCode())
		if enhanced := refusal.EnhancedStatusCode(); enhanced != "" {
			detail += " " + enhanced
		}
		return &Error{
			Refused: refusal.ErrorCode() >= 500, Status: refusal.ErrorCode(), Detail: detail, cause: err,
		}
	}
	detail := "the mail server cannot be used"
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		detail = "the mail server did not answer in time"
	case errors.As(err, &op):
		detail = "network: " + op.Op + ": " + oneLine(op.Err.Error())
	case strings.Contains(err.Error(), "SMTP AUTH"), strings.Contains(err.Error(), "STARTTLS"):
		detail = "the mail server offers no sign-in or encryption that we may use"
	}
	return &Error{Detail: detail, cause: err}
}
