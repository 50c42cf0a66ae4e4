package main

import (
	"context"
	"fmt"
	"log/slog"

	"utsendt/internal/notify"
	"utsendt/internal/notify/webpush"
	"utsendt/internal/server"
)

type vapidCmd struct {
	database `embed:"" group:"Database"`
	Show     vapidShow     `cmd:"" default:"1" help:"Print the public keys in use; makes the first one."`
	Rotate   vapidRotate   `cmd:"" help:"Make a new key. Old subscriptions go on with theirs until the browser renews them."`
	Generate vapidGenerate `cmd:"" help:"Print a new pair for the environment, without a database."`
}

func (c *vapidCmd) notify(ctx context.Context, log *slog.Logger) (*server.Database, *notify.Service, error) {
	db, err := server.Migrated(ctx, c.config(log))
	if err != nil {
		return nil, nil, err
	}
	push, err := webpush.NewSender(webpush.Config{Subject: "https://utsendt.example"}) // nothing is sent from here
	if err == nil {
		var service *notify.Service
		if service, err = notify.New(db.DB, notify.Config{Push: push, Logger: log}); err == nil {
			return db, service, nil
		}
	}
	db.Close()
	return nil, nil, err
}

type vapidShow struct{}

// Run prints the keys.
func (vapidShow) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	db, service, err := c.Vapid.notify(ctx, log)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := service.CurrentKey(ctx); err != nil {
		return err
	}
	keys, err := service.ListKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		state := "current"
		if k.RetiredAt != nil {
			state = "retired " + k.RetiredAt.Format("2006-01-02")
		}
		fmt.Printf("%s  made %s  %s\n", k.PublicKey, k.CreatedAt.Format("2006-01-02"), state)
	}
	return nil
}

type vapidRotate struct{}

// Run makes a new key.
func (vapidRotate) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	db, service, err := c.Vapid.notify(ctx, log)
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := service.RotateKey(ctx)
	if err != nil {
		return err
	}
	fmt.Println(keys.Public())
	return nil
}

type vapidGenerate struct{}

// Run prints a new pair.
func (vapidGenerate) Run() error {
	keys, err := webpush.GenerateKeys()
	if err != nil {
		return err
	}
	fmt.Printf("UTSENDT_VAPID_PUBLIC_KEY=%s\nUTSENDT_VAPID_PRIVATE_KEY=%s\n", keys.Public(), keys.Private())
	return nil
}
