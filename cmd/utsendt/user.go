package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/google/uuid"

	"utsendt/internal/identity"
	"utsendt/internal/server"
)

type userCmd struct {
	database `embed:"" group:"Database"`
	Add      userAdd      `cmd:"" help:"Add a person."`
	Password userPassword `cmd:"" help:"Set a person's password and end their sessions."`
	Disable  userDisable  `cmd:"" help:"Let a person in no more, and end their sessions."`
	Migrate  userMigrate  `cmd:"" help:"Give people the password hashes they had in another system: lines of user ID and hash on standard input."`
}

// people opens the database and gives the people in it.
func (c *userCmd) people(ctx context.Context, log *slog.Logger) (*server.Database, *identity.Service, error) {
	db, err := server.Migrated(ctx, c.config(log))
	if err != nil {
		return nil, nil, err
	}
	return db, identity.New(db.DB, identity.Config{}), nil
}

type userAdd struct {
	UserID     string `arg:"" help:"User ID; upper and lower case are the same."`
	Role       string `required:"" enum:"customer,technician,dispatcher,admin" help:"What the person may do: ${enum}."`
	Account    string `help:"Number of the customer's account."`
	Technician string `help:"Number of the technician the person is."`
	FirstName  string `help:"First name."`
	LastName   string `help:"Last name."`
	Email      string `help:"E-mail address."`
	Language   string `enum:"nb,en" default:"nb" help:"Language of pages and messages: ${enum}."`
	MustChange bool   `default:"true" negatable:"" help:"Make the person choose a new password at the first sign-in."`
}

// Run adds a person, with a password read from standard input.
func (a userAdd) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	db, people, err := c.User.people(ctx, log)
	if err != nil {
		return err
	}
	defer db.Close()
	n := identity.NewPerson{
		UserID: a.UserID, Password: password, MustChangePassword: a.MustChange, Role: identity.Role(a.Role),
		FirstName: a.FirstName, LastName: a.LastName, Email: a.Email, Language: a.Language,
	}
	if n.AccountID, err = idByNumber(ctx, db, "accounts", a.Account); err != nil {
		return err
	}
	if n.TechnicianID, err = idByNumber(ctx, db, "technicians", a.Technician); err != nil {
		return err
	}
	p, err := people.CreatePerson(ctx, identity.System(), n)
	if err != nil {
		return err
	}
	fmt.Printf("%s can sign in as %s.\n", p.UserID, p.Role)
	return nil
}

// idByNumber finds an account or a technician; an empty number is none.
func idByNumber(ctx context.Context, db *server.Database, table, number string) (id uuid.UUID, err error) {
	if number == "" {
		return id, nil
	}
	n, err := db.NewSelect().Table(table).Column("id").Where("number = ?", number).Limit(1).ScanAndCount(ctx, &id)
	if n == 0 {
		return id, fmt.Errorf("%s has no number %s", table, number)
	}
	return id, err
}

type userPassword struct {
	UserID     string `arg:"" help:"User ID."`
	MustChange bool   `default:"true" negatable:"" help:"Make the person choose a new password at the next sign-in."`
}

// Run sets a password, read from standard input.
func (u userPassword) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	db, people, err := c.User.people(ctx, log)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := identity.ByUserID(ctx, db, u.UserID)
	if err != nil {
		return err
	}
	if err := people.SetPassword(ctx, identity.System(), p.ID, password, u.MustChange); err != nil {
		return err
	}
	fmt.Printf("The password of %s is set; their sessions have ended.\n", p.UserID)
	return nil
}

type userDisable struct {
	UserID string `arg:"" help:"User ID."`
}

// Run disables a person.
func (u userDisable) Run(ctx context.Context, log *slog.Logger, c *cli) error {
	db, people, err := c.User.people(ctx, log)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := identity.ByUserID(ctx, db, u.UserID)
	if err != nil {
		return err
	}
	if err := people.Disable(ctx, identity.System(), p.ID); err != nil {
		return err
	}
	fmt.Printf("%s can sign in no more.\n", p.UserID)
	return nil
}

// readPassword takes the first line of standard input, so that the password is in no process list.
func readPassword() (string, error) {
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprint(os.Stderr, "Password (it is shown): ")
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.Join(errors.New("the password is read from standard input, and there was none"), err)
	}
	return line, nil
}
