package notify

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
)

// UnsubscribePath is where mail is turned off by whoever got it, without signing in.
const UnsubscribePath = "/unsubscribe"

// A token for turning mail off is the base64url of what it turns off and for whom, and 16 octets of an HMAC over
// that. It never ends: whoever finds an old mail may turn such mail off. It lets its holder do nothing else.
const (
	forPerson    = 'p' // then 16 octets of the person's id, and the class
	forAddress   = 'a' // then 32 octets of the address's hash, and the class
	macSize      = 16
	tokenPurpose = "utsendt unsubscribe 1\x00"
)

var errTokenUnknown = fault.NewNotFound("unsubscribe_token_unknown", "This link for turning mail off is not one of ours.")

// unsubscription is what a token turns off. One of person and address is set.
type unsubscription struct {
	person  uuid.UUID
	address []byte // hash
	class   Class
}

func (u unsubscription) encode() []byte {
	if u.person != uuid.Nil {
		return append(append([]byte{forPerson}, u.person[:]...), u.class...)
	}
	return append(append([]byte{forAddress}, u.address...), u.class...)
}

func decodeUnsubscription(b []byte) (u unsubscription, ok bool) {
	switch {
	case len(b) > 17 && b[0] == forPerson:
		u = unsubscription{person: uuid.UUID(b[1:17]), class: Class(b[17:])}
	case len(b) > 33 && b[0] == forAddress:
		u = unsubscription{address: b[1:33], class: Class(b[33:])}
	}
	return u, slices.Contains(classes, u.class) && u.class.canTurnOff()
}

// unsubscribeURL is the link of a mail that turns its class off; empty where it cannot be.
func (s *Service) unsubscribeURL(ctx context.Context, w work) (string, error) {
	u := unsubscription{person: w.PersonID, class: policies[w.Kind].class}
	if !u.class.canTurnOff() {
		return "", nil
	}
	if u.person == uuid.Nil {
		u.address = w.AddressHash
	}
	key, err := s.signingKey(ctx)
	if err != nil {
		return "", err
	}
	text := u.encode()
	return s.baseURL + UnsubscribePath + "?token=" + base64.RawURLEncoding.EncodeToString(append(text, sign(key, text)...)), nil
}

func sign(key, text []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(tokenPurpose))
	mac.Write(text)
	return mac.Sum(nil)[:macSize]
}

// openToken checks a token; NotFound unsubscribe_token_unknown for one that is none of ours.
func (s *Service) openToken(ctx context.Context, token string) (unsubscription, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) <= macSize {
		return unsubscription{}, errTokenUnknown
	}
	key, err := s.signingKey(ctx)
	if err != nil {
		return unsubscription{}, err
	}
	text, mac := raw[:len(raw)-macSize], raw[len(raw)-macSize:]
	u, ok := decodeUnsubscription(text)
	if !hmac.Equal(mac, sign(key, text)) || !ok {
		return unsubscription{}, errTokenUnknown
	}
	return u, nil
}

// unsubscribe turns off what a token names. It may be done any number of times. Errors: NotFound
// unsubscribe_token_unknown, also when the person is gone.
func (s *Service) unsubscribe(ctx context.Context, token, from string) error {
	u, err := s.openToken(ctx, token)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(ctx context.Context, tx postgres.Tx) error {
		if u.person == uuid.Nil {
			_, err := tx.NewRaw(`INSERT INTO mail_addresses AS a (address_hash, off, updated_at) VALUES (?, ARRAY[?], ?)
				ON CONFLICT (address_hash) DO UPDATE SET off = array_append(a.off, ?), updated_at = EXCLUDED.updated_at
				WHERE NOT a.off @> ARRAY[?]`, u.address, u.class, tx.Now(), u.class, u.class).Exec(ctx)
			if err != nil {
				return fmt.Errorf("notify: turning mail to an address off: %w", err)
			}
			return nil
		}
		person := identity.Actor{PersonID: u.person, Address: from}
		if err := tx.NewRaw(`SELECT role FROM people WHERE id = ?`, u.person).Scan(ctx, &person.Role); errors.Is(err, sql.ErrNoRows) {
			return errTokenUnknown
		} else if err != nil {
			return fmt.Errorf("notify: reading a person: %w", err)
		}
		_, err := setPreferences(ctx, tx, person, person, map[Class]bool{u.class: false})
		return err
	})
}

// signingKey gives the key of the links, made at the first need; all servers get the same.
func (s *Service) signingKey(ctx context.Context) ([]byte, error) {
	if key := s.linkKey.Load(); key != nil {
		return *key, nil
	}
	fresh := make([]byte, sha256.Size)
	_, _ = rand.Read(fresh) // crypto/rand ends the program where there is no randomness
	if _, err := s.db.NewRaw(`INSERT INTO mail_signing_key (secret) VALUES (?) ON CONFLICT DO NOTHING`, fresh).Exec(ctx); err != nil {
		return nil, fmt.Errorf("notify: storing the key for links: %w", err)
	}
	var key []byte
	if err := s.db.NewRaw(`SELECT secret FROM mail_signing_key`).Scan(ctx, &key); err != nil {
		return nil, fmt.Errorf("notify: reading the key for links: %w", err)
	}
	s.linkKey.Store(&key)
	return key, nil
}
