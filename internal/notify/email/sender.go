package email

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"
)

// Sender sends messages. It is safe for concurrent use.
type Sender interface {
	// Send hands one message over. The error is an *Error when the message was refused or may be tried
	// again, or the context's.
	Send(ctx context.Context, m Message) error
}

// Config says how mail leaves. With neither Host nor Folder there is none.
type Config struct {
	// Host and Port of the mail server; port 587 when zero, 465 with TLS "implicit".
	Host string
	Port int
	// User and Password sign in; without User nobody does.
	User, Password string
	// TLS is "starttls" (the default: no mail without), "implicit", "opportunistic" (when the server offers
	// it) or "none".
	TLS string
	// CA is a PEM file of certificates that the mail server's may be signed by, in place of the system's: for a
	// server of one's own. Its name must be Host's in any case.
	CA string
	// Timeout bounds the connection and each command; 20 s when zero.
	Timeout time.Duration
	// Folder takes the mails as .eml files when Host is empty. It is made where it is missing.
	Folder string
	// From is the sender's address, with or without a name: "Utsendt <service@example.com>".
	From string
}

// Open makes the sender that cfg asks for; nil when it asks for none.
func Open(cfg Config) (Sender, error) {
	if cfg.Host == "" && cfg.Folder == "" {
		return nil, nil
	}
	from, err := mail.ParseAddress(cfg.From)
	if err != nil || strings.ContainsAny(cfg.From, "\r\n") {
		return nil, fmt.Errorf("email: the sender's address %q is malformed", cfg.From)
	}
	if cfg.Host != "" {
		return newSMTP(cfg, from)
	}
	return newFolder(cfg.Folder, from)
}

// Error is why a message did not leave.
type Error struct {
	// Refused means never: the same message will fail again. Otherwise it may be tried later.
	Refused bool
	// BadAddress: the mail server says that there is no such recipient: not that it is full, or that it will not
	// have our mail.
	BadAddress bool
	// Status is the mail server's code, 0 when there was none.
	Status int
	// Detail is for the ledger and the log: one line, without the recipient's address.
	Detail string

	cause error
}

func (e *Error) Error() string { return "email: " + e.Detail }

// Unwrap gives the library's error, which may name the recipient.
func (e *Error) Unwrap() error { return e.cause }
