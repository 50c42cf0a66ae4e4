package dispatch_test

import (
	"os"
	"testing"
)

// The test binary is also the server process of TestNoDoubleBooking.
func TestMain(m *testing.M) {
	if os.Getenv(workerEnv) != "" {
		os.Exit(bookingWorker())
	}
	os.Exit(m.Run())
}
