package email

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"os"
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
	if cfg.CA != "" {
		trusted, err := readCA(cfg.CA)
		if err != nil {
			return nil, err
		}
		options = append(options, library.WithTLSConfig(&tls.Config{
			RootCAs: trusted, ServerName: cfg.Host, MinVersion: tls.VersionTLS12,
		}))
	}
	client, err := library.NewClient(cfg.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("email: setting up SMTP: %w", err)
	}
	return &server{client: client, from: from}, nil
}

func readCA(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("email: reading the mail server's certificates: %w", err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("email: %s has no certificate in PEM", file)
	}
	return trusted, nil
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
		final := refusal.ErrorCode() >= 500
		return &Error{
			Refused: final, BadAddress: final && refusal.Reason == library.ErrSMTPRcptTo && noSuchRecipient(refusal),
			Status: refusal.ErrorCode(), Detail: detail, cause: err,
		}
	}
	detail := "the mail server cannot be used"
	var certificate *tls.CertificateVerificationError
	var answer *textproto.Error
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &certificate):
		detail = "the mail server's certificate is not one that we trust"
	case errors.As(err, &answer) && (answer.Code == 535 || answer.Code == 534 || answer.Code == 530):
		// Somebody can mend that; the mail waits.
		return &Error{Status: answer.Code, Detail: "the mail server refused our sign-in", cause: err}
	case errors.As(err, &timeout) && timeout.Timeout():
		detail = "the mail server did not answer in time"
	case errors.As(err, &op):
		detail = "network: " + op.Op + ": " + oneLine(op.Err.Error())
	case strings.Contains(err.Error(), "SMTP AUTH"), strings.Contains(err.Error(), "STARTTLS"):
		detail = "the mail server offers no sign-in or encryption that we may use"
	}
	return &Error{Detail: detail, cause: err}
}

// noSuchRecipient tells the refusals of an address that is not there (RFC 3463, X.1 and X.2.1; without such a status
// the codes that RFC 5321 has for it) from others, such as a full mailbox or a policy.
func noSuchRecipient(refusal *library.SendError) bool {
	switch enhanced := refusal.EnhancedStatusCode(); {
	case enhanced == "":
		return refusal.ErrorCode() == 550 || refusal.ErrorCode() == 551 || refusal.ErrorCode() == 553
	default:
		return strings.HasPrefix(enhanced, "5.1.") || enhanced == "5.2.1"
	}
}
