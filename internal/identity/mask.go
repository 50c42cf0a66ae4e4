package identity

import "strings"

// maskEmail keeps the first letter and the host, enough to recognise an address by: "k…@example.com".
func maskEmail(address string) string {
	mailbox, host, ok := strings.Cut(address, "@")
	if !ok || mailbox == "" {
		return ""
	}
	return string([]rune(mailbox)[:1]) + "…@" + host
}

// maskPhone keeps the last two characters.
func maskPhone(phone string) string {
	runes := []rune(phone)
	if len(runes) < 4 {
		return strings.Repeat("…", min(len(runes), 1))
	}
	return "…" + string(runes[len(runes)-2:])
}
