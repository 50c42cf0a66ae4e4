package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"golang.org/x/text/unicode/norm"

	"utsendt/internal/postgres"
)

// folded are the letters that do not come apart into a plain one and a mark.
var folded = strings.NewReplacer("æ", "ae", "ø", "o", "å", "a", "ß", "ss", "đ", "d", "ð", "d", "þ", "th", "ł", "l", "œ", "oe", "ı", "i")

// userIDStem makes the beginning of a user ID that its owner can remember: the first letter of the first name and
// the last name, in plain letters.
func userIDStem(first, last string) string {
	stem := plain(last)
	if initial := plain(first); initial != "" {
		stem = initial[:1] + stem
	}
	if len(stem) > 12 {
		stem = stem[:12]
	}
	if stem == "" {
		return "user"
	}
	return stem
}

// plain keeps the letters a to z.
func plain(text string) string {
	text = norm.NFKD.String(folded.Replace(strings.ToLower(norm.NFC.String(text))))
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, text)
}

// freeUserID makes a user ID that nobody has: the stem and four random digits, more where it is crowded.
func freeUserID(ctx context.Context, tx postgres.Tx, first, last string) (string, error) {
	stem := userIDStem(first, last)
	for digits := 4; digits < 12; digits++ {
		for range 5 {
			number, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
			if err != nil {
				return "", fmt.Errorf("identity: making a user ID: %w", err)
			}
			userID := fmt.Sprintf("%s%0*d", stem, digits, number)
			var taken bool
			if err := tx.NewRaw("SELECT EXISTS (SELECT 1 FROM people WHERE user_id = ?)", userID).Scan(ctx, &taken); err != nil {
				return "", fmt.Errorf("identity: making a user ID: %w", err)
			}
			if !taken {
				return userID, nil
			}
		}
	}
	return "", fmt.Errorf("identity: no user ID is free that begins with %q", stem)
}
