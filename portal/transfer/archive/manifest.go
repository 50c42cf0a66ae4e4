package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// manifestFile is what the manifest of an archive is called.
const manifestFile = "archive.json"

// Manifest says what is in an archive.
type Manifest struct {
	// Format is 1.
	Format int `json:"format"`
	// Schema is the last migration of the database that it came from.
	Schema string `json:"schema"`
	// Tables by name.
	Tables map[string]Content `json:"tables"`
	// Sequences have the last number that each gave.
	Sequences map[string]int64 `json:"sequences"`
}

// Content is what a table's file holds.
type Content struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// summer sums what passes through it.
type summer struct {
	sum  hash.Hash
	into io.Writer
}

func newSummer(into io.Writer) *summer { return &summer{sha256.New(), into} }

func (s *summer) Write(p []byte) (int, error) {
	n, err := s.into.Write(p)
	s.sum.Write(p[:n]) // never fails
	return n, err
}

func (s *summer) String() string { return hex.EncodeToString(s.sum.Sum(nil)) }
