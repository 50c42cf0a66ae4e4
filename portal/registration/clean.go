package registration

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"utsendt/internal/fault"
)

// The longest that names (in letters) and addresses (in octets) may be.
const (
	maxName  = 100
	maxEmail = 254
)

// clean gives the settings as they are stored: names composed and on one line, addresses bare. Invalid names the field.
func (s Settings) clean() (Settings, error) {
	if s.FriendlyName != nil {
		name, err := cleanName(*s.FriendlyName)
		if err != nil {
			return Settings{}, err
		}
		s.FriendlyName = &name
	}
	if s.BackupEmail != nil {
		address, err := cleanEmail(*s.BackupEmail)
		if err != nil {
			return Settings{}, err
		}
		s.BackupEmail = &address
	}
	return s, nil
}

func cleanName(name string) (string, error) {
	name = norm.NFC.String(strings.Join(strings.Fields(strings.ToValidUTF8(name, "\uFFFD")), " "))
	if strings.ContainsFunc(name, unicode.IsControl) {
		return "", fault.NewInvalid("friendly_name", "text_control_character", "The name holds a control character.")
	}
	if utf8.RuneCountInString(name) > maxName {
		return "", fault.NewInvalid("friendly_name", "friendly_name_too_long", "The name has more than 100 letters.",
			fault.Param("max", "100"))
	}
	return name, nil
}

func cleanEmail(address string) (string, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		return "", nil
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > maxEmail || strings.ContainsAny(address, "\r\n\x00") {
		return "", fault.NewInvalid("backup_email", "email_invalid", "The backup address is no e-mail address.")
	}
	return address, nil
}
