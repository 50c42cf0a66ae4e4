package identity

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/bcrypt"
)

// Bounds of hashes from elsewhere, so that none stored by mistake or malice takes a server's time or memory.
const (
	maxBcryptCost       = 14
	maxPBKDF2Iterations = 2_000_000
	maxArgonMemory      = 256 * 1024 // KiB
	maxArgonIterations  = 16
	maxHashLength       = 500 // bytes
)

// kindOfHash says which algorithm made a password hash.
type kindOfHash int

const (
	unknownHash kindOfHash = iota
	argonHash
	bcryptHash
	pbkdf2Hash
)

func kindOf(hash string) kindOfHash {
	switch {
	case strings.HasPrefix(hash, "$argon2id$"):
		return argonHash
	case strings.HasPrefix(hash, "$2a$"), strings.HasPrefix(hash, "$2b$"), strings.HasPrefix(hash, "$2y$"):
		return bcryptHash
	case strings.HasPrefix(hash, "$pbkdf2-sha256$"):
		return pbkdf2Hash
	default:
		return unknownHash
	}
}

// ValidHash reports whether a stored hash can be checked here: argon2id in PHC form; bcrypt ($2a$, $2b$, $2y$);
// PBKDF2 with SHA-256 in PHC form, "$pbkdf2-sha256$i=29000,l=32$salt$hash" (l may be left out). The two old
// kinds are for people who come from another system: whoever signs in with one must choose a new password.
// Hashes of absurd cost are refused.
func ValidHash(hash string) bool {
	if len(hash) > maxHashLength {
		return false
	}
	switch kindOf(hash) {
	case argonHash:
		params, salt, key, err := argon2id.DecodeHash(hash)
		return err == nil && len(salt) >= 8 && len(key) >= 16 && params.Parallelism > 0 &&
			params.Memory <= maxArgonMemory && params.Iterations > 0 && params.Iterations <= maxArgonIterations
	case bcryptHash:
		if !bcryptForm.MatchString(hash) {
			return false
		}
		cost, err := bcrypt.Cost([]byte(hash))
		return err == nil && cost <= maxBcryptCost
	case pbkdf2Hash:
		_, err := parsePBKDF2(hash)
		return err == nil
	default:
		return false
	}
}

// OldHash reports whether the hash is of a kind that people bring along from elsewhere, not one of ours.
func OldHash(hash string) bool {
	kind := kindOf(hash)
	return kind == bcryptHash || kind == pbkdf2Hash
}

var bcryptForm = regexp.MustCompile(`^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$`)

// checkOldHash compares a password with a hash from elsewhere.
func checkOldHash(password, hash string) (bool, error) {
	if kindOf(hash) == bcryptHash {
		// bcrypt never saw more than 72 bytes, and other libraries cut there without a word.
		typed := []byte(password)
		err := bcrypt.CompareHashAndPassword([]byte(hash), typed[:min(len(typed), 72)])
		if err != nil && !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
			return false, fmt.Errorf("identity: reading a stored bcrypt hash: %w", err)
		}
		return err == nil, nil
	}
	parsed, err := parsePBKDF2(hash)
	if err != nil {
		return false, err
	}
	key, err := pbkdf2.Key(sha256.New, password, parsed.salt, parsed.iterations, len(parsed.key))
	if err != nil {
		return false, fmt.Errorf("identity: computing PBKDF2: %w", err)
	}
	return subtle.ConstantTimeCompare(key, parsed.key) == 1, nil
}

type pbkdf2Parts struct {
	iterations int
	salt, key  []byte
}

var (
	errPBKDF2  = errors.New("identity: a stored PBKDF2 hash is malformed")
	pbkdf2Form = regexp.MustCompile(`^\$pbkdf2-sha256\$i=([1-9][0-9]{0,6})(?:,l=([1-9][0-9]{0,2}))?\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$`)
)

func parsePBKDF2(hash string) (pbkdf2Parts, error) {
	match := pbkdf2Form.FindStringSubmatch(hash)
	if match == nil {
		return pbkdf2Parts{}, errPBKDF2
	}
	iterations, err := strconv.Atoi(match[1])
	if err != nil || iterations > maxPBKDF2Iterations {
		return pbkdf2Parts{}, errPBKDF2
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(match[3])
	key, keyErr := base64.RawStdEncoding.DecodeString(match[4])
	if saltErr != nil || keyErr != nil || len(key) < 16 || len(key) > 64 ||
		(match[2] != "" && match[2] != strconv.Itoa(len(key))) {
		return pbkdf2Parts{}, errPBKDF2
	}
	return pbkdf2Parts{iterations: iterations, salt: salt, key: key}, nil
}
