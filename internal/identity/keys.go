package identity

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
)

// fingerprint gives 32 bytes that follow from the text, and that nobody can foretell without the key of the
// name. All servers on one database give the same.
func (s *Service) fingerprint(ctx context.Context, name, text string) ([]byte, error) {
	key, err := s.sharedKey(ctx, name)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil), nil
}

func (s *Service) sharedKey(ctx context.Context, name string) ([]byte, error) {
	if key, ok := s.keys.Load(name); ok {
		return key.([]byte), nil
	}
	fresh := make([]byte, sha256.Size)
	_, _ = rand.Read(fresh) // never fails, by its documentation
	_, err := s.db.NewRaw("INSERT INTO identity_keys (name, key, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		name, fresh, s.db.Now()).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("identity: making a key: %w", err)
	}
	var key []byte
	if err := s.db.NewRaw("SELECT key FROM identity_keys WHERE name = ?", name).Scan(ctx, &key); err != nil {
		return nil, fmt.Errorf("identity: reading a key: %w", err)
	}
	s.keys.Store(name, key)
	return key, nil
}
