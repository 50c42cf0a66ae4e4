package server_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"utsendt/internal/demo"
	"utsendt/internal/server/servertest"
)

// TestLighthouse: Lighthouse finds the portal's home and a request's page accessible and well made, on a phone.
// How quick they are depends on how busy the machine is: `make lighthouse` looks at that too.
func TestLighthouse(t *testing.T) {
	t.Parallel()
	folder, err := filepath.Abs("../../portal/web/lighthouse")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules/lighthouse")); err != nil {
		t.Fatal("portal/web/lighthouse/node_modules is missing: `make test-go` installs it")
	}
	s := servertest.Start(t, servertest.Options{Demo: true})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "run.mjs", "--still")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "UTSENDT_URL="+s.URL, "UTSENDT_CUSTOMER=kunde01:"+demo.Password)
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
