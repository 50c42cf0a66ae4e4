package email

import (
	"context"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
)

// folder writes each message to a file of its own, named by the message's ID: sent twice, it is still one.
type folder struct {
	root *os.Root
	from *mail.Address
}

func newFolder(path string, from *mail.Address) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("email: making the folder for mails: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("email: opening the folder for mails: %w", err)
	}
	return &folder{root: root, from: from}, nil
}

func (f *folder) Send(_ context.Context, m Message) error {
	msg, err := m.build(f.from)
	if err != nil {
		return err
	}
	name := filepath.Base(m.ID) + ".eml"
	// Under another name first, so that nobody reads half a mail.
	file, err := f.root.OpenFile("."+name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return &Error{Detail: "the folder for mails cannot be written to", cause: err}
	}
	_, err = msg.WriteTo(file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = f.root.Rename("."+name, name)
	}
	if err != nil {
		return &Error{Detail: "the folder for mails cannot be written to", cause: err}
	}
	return nil
}
