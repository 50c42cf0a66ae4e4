package geo

import (
	"os"
	"path/filepath"
	"testing"
)

// publicData opens a file of the public test data (UTSENDT_TESTDATA, by default ../shared/data beside the
// repository) and skips the test, saying so, where it is absent.
func publicData(t testing.TB, name ...string) *os.File {
	t.Helper()
	folder := os.Getenv("UTSENDT_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{folder}, name...)...)
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("public test data is not here: %s (set UTSENDT_TESTDATA)", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}
