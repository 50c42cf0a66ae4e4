package server

import (
	"context"
	"net/url"

	"utsendt/internal/identity"
	"utsendt/internal/notify"
	"utsendt/internal/postgres"
)

// accountMail writes the mails about people's accounts: package identity knows nothing of notify, which knows
// identity.
type accountMail struct{ notify *notify.Service }

// Mail queues a mail in the transaction of the change.
func (a accountMail) Mail(ctx context.Context, tx postgres.Tx, m identity.Mail) error {
	message := notify.Message{
		To: notify.Audience{Person: m.Person}, Kind: notify.Kind(m.Kind),
		SubjectKind: string(m.Kind), SubjectID: m.Subject, URL: m.Page, Params: m.Params,
	}
	if m.Address != "" {
		message.To = notify.Audience{Address: notify.Address{Email: m.Address, Language: m.Language}}
	}
	return a.notify.Notify(ctx, tx, message)
}

// registerSecrets has temporary passwords and the links of mails made when the mail is sent.
func (a accountMail) registerSecrets(people *identity.Service) {
	for _, kind := range identity.SecretKinds() {
		a.notify.RegisterSecret(notify.Kind(kind), func(ctx context.Context, tx postgres.Tx, to notify.Recipient) (map[string]string, error) {
			made, wanted, err := people.Secret(ctx, tx, kind, to.PersonID, to.SubjectID)
			if err != nil {
				return nil, err
			}
			if !wanted {
				return nil, notify.ErrNotWanted
			}
			if token := made["token"]; token != "" {
				return map[string]string{notify.SecretURL: "/confirm?" + url.Values{"kind": {string(kind)}, "token": {token}}.Encode()}, nil
			}
			return made, nil
		})
	}
}
