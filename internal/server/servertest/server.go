package servertest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/postgres"
	"utsendt/internal/postgres/pgtest"
	"utsendt/internal/server"
)

// Options change what Start starts.
type Options struct {
	// Demo loads the made-up fleet; everybody's password is demo.Password.
	Demo bool
	// DatabaseURL to use; empty takes a new database.
	DatabaseURL string
	// Listen; empty takes a free port.
	Listen string
	// Change adjusts the configuration further.
	Change func(*server.Config)
}

// Server is a running server.
type Server struct {
	URL         string
	Address     string
	DatabaseURL string
	DB          *postgres.DB
	Parts       server.Parts

	stop func() error
}

// Start runs a server until the test ends, or Stop.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if o.DatabaseURL == "" {
		o.DatabaseURL = pgtest.URL(t)
	}
	cfg := server.Config{
		DatabaseURL: o.DatabaseURL, Listen: o.Listen, MaxConns: 12, Logger: quiet(),
		Identity: identity.Config{CheapHashes: true}, CallsPerSecond: 1e6,
		Mail: server.Mail{Folder: t.TempDir()},
	}
	if o.Change != nil {
		o.Change(&cfg)
	}
	prepare := cfg.Prepare
	cfg.Prepare = func(p server.Parts) error {
		if prepare != nil {
			if err := prepare(p); err != nil {
				return err
			}
		}
		if !o.Demo {
			return nil
		}
		hash, err := p.People.HashPassword(t.Context(), demo.Password)
		if err != nil {
			return err
		}
		_, err = demo.Load(t.Context(), p.DB.DB, hash)
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan server.Ready, 1), make(chan error, 1)
	go func() { done <- server.Run(ctx, cfg, func(r server.Ready) { ready <- r }) }()
	s := &Server{DatabaseURL: o.DatabaseURL}
	s.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("the server did not stop well: %v", err)
		}
	})
	select {
	case r := <-ready:
		s.URL, s.Address, s.Parts, s.DB = r.URL, r.Address, r.Parts, r.Parts.DB.DB
	case err := <-done:
		done <- err
		t.Fatalf("the server did not start: %v", err)
	case <-time.After(2 * time.Minute):
		t.Fatal("the server did not start in two minutes")
	}
	return s
}

// Stop stops the server in order, and gives what Run gave. Again it gives the same.
func (s *Server) Stop() error { return s.stop() }

// quiet shows the log when UTSENDT_TEST_LOG is set.
func quiet() *slog.Logger {
	if os.Getenv("UTSENDT_TEST_LOG") != "" {
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return slog.New(slog.NewTextHandler(io.Discard, nil))
}

// HTTP1 is a client that speaks HTTP/1.1, HTTP2 one that speaks HTTP/2 without TLS, as gRPC needs it. The test closes
// their connections when it ends.
func HTTP1(t testing.TB) *http.Client { return client(t, false) }

// HTTP2 is like HTTP1.
func HTTP2(t testing.TB) *http.Client { return client(t, true) }

func client(t testing.TB, h2 bool) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!h2)
	protocols.SetUnencryptedHTTP2(h2)
	transport := &http.Transport{Protocols: protocols, MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}
