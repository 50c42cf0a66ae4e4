package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"utsendt/internal/notify/mailbox"
)

// Ready says where a server that began to serve is reached.
type Ready struct {
	// URL is the base URL for people, Address what it listens on.
	URL, Address string
	// Mailbox is where the demo's mail is read; empty where that is not shown.
	Mailbox string
	Parts   Parts
}

// drain is how long calls under way may take to finish when the server stops.
const drain = 15 * time.Second

// Run serves until ctx ends, then stops in order, and returns nil. ready is called once the first page can be
// fetched. An error means that it could not start, or that something under it ended by itself.
func Run(ctx context.Context, cfg Config, ready func(Ready)) (err error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	stopTracing, err := startTracing(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopTracing()) }()

	// Listening comes first: a port that is taken is told before a database is started.
	listener, err := net.Listen("tcp", cmp.Or(cfg.Listen, "127.0.0.1:0"))
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	defer listener.Close() // closed already when serving began

	db, err := Migrated(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	scheme := "http"
	if cfg.TLSCert != "" {
		scheme = "https"
	}
	baseURL := cmp.Or(cfg.BaseURL, scheme+"://"+listener.Addr().String())
	parts, err := assemble(db, cfg, baseURL)
	if err != nil {
		return err
	}
	defer parts.close()
	if cfg.Push.PublicKey != "" {
		if err := parts.Notify.EnsureKey(ctx, cfg.Push.PublicKey, cfg.Push.PrivateKey); err != nil {
			return err
		}
	}
	if cfg.Prepare != nil {
		if err := cfg.Prepare(parts); err != nil {
			return err
		}
	}
	up := Ready{URL: baseURL, Address: listener.Addr().String(), Parts: parts}
	if parts.mailbox != nil {
		up.Mailbox = baseURL + mailbox.Path
	}
	return parts.serve(ctx, cfg, listener, func() { ready(up) })
}

// serve runs jobs, the roster and HTTP until ctx ends.
func (p *Parts) serve(ctx context.Context, cfg Config, listener net.Listener, ready func()) error {
	state := newLifecycle()
	handler, err := p.handler(cfg, state)
	if err != nil {
		return err
	}
	web := newHTTPServer(handler, cfg)

	// What runs beside HTTP outlives it: calls that finish while we drain still find everything working.
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBackground()
	group, failed := errgroup.WithContext(background)
	known := make(chan struct{})
	group.Go(func() error { return p.Dispatch.Run(failed, sync.OnceFunc(func() { close(known) })) })
	if err := p.jobs.Start(background); err != nil {
		stopBackground()
		return errors.Join(err, group.Wait())
	}
	select {
	case <-known:
	case <-failed.Done():
		return errors.Join(group.Wait(), p.stopJobs())
	case <-ctx.Done():
		stopBackground()
		return errors.Join(group.Wait(), p.stopJobs())
	}
	if cfg.AutoAssign {
		group.Go(func() error { p.Dispatch.RunAutoAssign(failed); return nil })
	}
	served := make(chan error, 1)
	go func() { served <- p.listen(web, listener, cfg) }()
	state.ready.Store(true)
	ready()

	var cause error
	select {
	case <-ctx.Done():
	case cause = <-served:
	case <-failed.Done():
		cause = context.Cause(failed)
	case <-p.DB.Exited():
		cause = errors.New("PostgreSQL ended by itself; its log is in the data folder")
	}
	cfg.Logger.Info("stopping")
	state.stop() // open streams end and are told to come back
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := web.Shutdown(limit); err != nil {
		cfg.Logger.Warn("calls under way were cut off", "error", err)
		_ = web.Close() // nothing more to be done for them
	}
	stopBackground()
	return errors.Join(cause, group.Wait(), p.stopJobs())
}

func (p *Parts) stopJobs() error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	return p.jobs.Stop(ctx)
}

func (p *Parts) listen(web *http.Server, listener net.Listener, cfg Config) error {
	var err error
	if cfg.TLSCert != "" {
		err = web.ServeTLS(listener, cfg.TLSCert, cfg.TLSKey)
	} else {
		err = web.Serve(listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func newHTTPServer(handler http.Handler, cfg Config) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true) // gRPC without TLS
	return &http.Server{
		Handler: handler, Protocols: protocols,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelDebug),
	}
}
