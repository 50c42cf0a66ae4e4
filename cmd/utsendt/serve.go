package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"utsendt/internal/demo"
	"utsendt/internal/identity"
	"utsendt/internal/server"
	"utsendt/internal/simulate"
)

// serveCmd serves until it is told to stop.
type serveCmd struct {
	serving
}

// Validate is called by kong.
func (s serving) Validate() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	if (s.VAPIDPublicKey == "") != (s.VAPIDPrivateKey == "") {
		return errors.New("--vapid-public-key and --vapid-private-key go together")
	}
	return nil
}

// Run serves.
func (c *serveCmd) Run(ctx context.Context, log *slog.Logger) error {
	return server.Run(ctx, c.config(log), func(r server.Ready) {
		log.Info("serving", "url", r.URL, "address", r.Address)
	})
}

// demoCmd serves the made-up fleet.
type demoCmd struct {
	serving
	simulation `embed:"" group:"Simulation"`
	Simulate   bool `default:"true" negatable:"" env:"UTSENDT_SIMULATE" help:"Let simulated customers and technicians use it." group:"Simulation"`
}

// Run serves with demo data and simulated people.
func (c *demoCmd) Run(ctx context.Context, log *slog.Logger) error {
	cfg := c.serving.config(log)
	cfg.Mail.ShowFolder = true // the people are made up, and so is their mail
	if len(cfg.Carriers) == 0 {
		cfg.Carriers = demo.Carriers
	}
	cfg.Prepare = func(p server.Parts) error {
		hash, err := p.People.HashPassword(ctx, demo.Password)
		if err != nil {
			return err
		}
		_, err = demo.Load(ctx, p.DB.DB, hash)
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	simulated := make(chan error, 1)
	err := server.Run(ctx, cfg, func(r server.Ready) {
		greet(r.URL, r.Mailbox)
		if !c.Simulate {
			simulated <- nil
			return
		}
		go func() { simulated <- simulate.Run(ctx, c.simulation.config("http://"+r.Address, log)) }()
	})
	cancel()
	if err != nil {
		return err
	}
	return <-simulated
}

// greet prints where to look and as whom.
func greet(url, mailbox string) {
	if mailbox != "" {
		mailbox = "  Mail that is sent   " + mailbox + "\n"
	}
	fmt.Fprintf(os.Stdout, `
Utsendt is running, with a made-up fleet.

  Customer's portal   %[1]s/
  Dispatcher's board  %[1]s/board
  Technician's phone  %[1]s/tech
%[3]s
Sign in with the password  %[2]s  as

`, url, demo.Password, mailbox)
	shown := map[identity.Role]int{}
	for _, s := range demo.SignIns() {
		if shown[s.Role]++; shown[s.Role] <= 2 {
			fmt.Fprintf(os.Stdout, "  %-12s %-11s %s\n", s.UserID, s.Role, s.About)
		}
	}
	fmt.Fprint(os.Stdout, "\nThere are 40 customers (kunde01 …) and 60 technicians (tekniker01 …). Ctrl-C stops; the data stays.\n\n")
}
