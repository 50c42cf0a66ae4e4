package reminder

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
	"utsendt/internal/signedlink"
)

// Notifier queues messages to people in the change's own transaction; *notify.Service is one.
type Notifier interface {
	Notify(ctx context.Context, tx postgres.Tx, messages ...notify.Message) error
}

// Config is what a Service stands on. All but Logger are required.
type Config struct {
	DB       *postgres.DB
	Notifier Notifier
	Keys     *signedlink.Keys
	// BaseURL of the portal, without a slash at its end.
	BaseURL string
	// Logger; nil means slog.Default().
	Logger *slog.Logger
}

// Service makes reminders and reads the links in them. It is safe for any number of goroutines and servers.
type Service struct {
	Config
}

// New makes a Service on a migrated database.
func New(cfg Config) *Service {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	return &Service{cfg}
}

const (
	// purpose of our links among signed ones.
	purpose = "reading"
	// linkLife is how long a link in a mail is good.
	linkLife = 45 * 24 * time.Hour
	// page is where people hand in readings, filePage where they send files of them.
	page, filePage = "/readings", "/readings/bulk"
)

// Link makes the link of a mail; it is a notify.SecretFunc. A mail to a backup address gets one that means nobody.
func (s *Service) Link(ctx context.Context, tx postgres.Tx, to notify.Recipient) (map[string]string, error) {
	link := page
	if to.PersonID != (notify.Recipient{}).PersonID {
		token, err := s.Keys.Sign(ctx, tx, purpose, to.PersonID.String(), tx.Now().Add(linkLife))
		if err != nil {
			return nil, err
		}
		link += "?link=" + token
	}
	return map[string]string{notify.SecretURL: link}, nil
}

// Check sees to it that a link was sent to the actor and is still good. NotFound "reading_link_unknown"; WrongState
// "reading_link_expired".
func (s *Service) Check(ctx context.Context, actor identity.Actor, token string) error {
	subject, err := s.Keys.Open(ctx, purpose, token)
	switch {
	case errors.Is(err, signedlink.ErrUnknown), err == nil && subject != actor.PersonID.String():
		return fault.NewNotFound("reading_link_unknown", "This link is not one of ours, or was not sent to you.")
	case errors.Is(err, signedlink.ErrExpired):
		return fault.NewWrongState("reading_link_expired", "This link has expired. You find what is due among your meter readings.")
	}
	return err
}
