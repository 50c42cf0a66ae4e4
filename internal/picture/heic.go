package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"utsendt/internal/fault"
)

// What one HEIC file may take, beside heicTime.
const (
	heicMemory = 1 << 30
	heicOutput = 64 << 20
)

// convertHEIC makes a JPEG, upright, in a process of its own.
func convertHEIC(ctx context.Context, data []byte) ([]byte, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("picture: finding this program: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, heicTime)
	defer cancel()
	runtime.LockOSThread() // dieTogether means this thread
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(limited, self)
	cmd.Env = []string{childEnv + "=1", "GOMAXPROCS=1"}
	cmd.Stdin = bytes.NewReader(data)
	var out, said bounded
	out.left, said.left = heicOutput, 1000
	cmd.Stdout, cmd.Stderr = &out, &said
	dieTogether(cmd)
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, new(*exec.ExitError)), limited.Err() != nil:
		return nil, broken(fmt.Errorf("picture: decoding HEIC: %w: %s", err, said.String()))
	}
	return nil, fault.Wrap(err, fault.Unavailable, "photo_busy", "The photo cannot be converted at the moment. Please try again later.")
}

// bounded keeps so much and refuses more.
type bounded struct {
	bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, io.ErrShortBuffer
	}
	b.left -= len(p)
	return b.Buffer.Write(p)
}
