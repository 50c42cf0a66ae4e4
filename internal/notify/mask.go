package notify

import (
	"strings"
	"unicode/utf8"
)

// maskAddress gives an e-mail address as the ledger keeps it: who has it recognises it, nobody else can
// write to it. "testa@example.com" becomes "t***@example.com".
func maskAddress(address string) string {
	address = clean(address)
	at := strings.LastIndexByte(address, '@')
	if at <= 0 {
		return "***"
	}
	_, size := utf8.DecodeRuneInString(address)
	return shorten(address[:size]+"***"+address[at:], 200)
}
