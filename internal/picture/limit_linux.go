package picture

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// limitMyself bounds this process from now on: memory beyond what it has, in bytes, and time on the processor.
func limitMyself(memory uint64, cpu time.Duration) error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	var kB uint64
	for line := range bytes.Lines(status) {
		if _, err := fmt.Sscanf(string(line), "VmData: %d kB", &kB); err == nil {
			break
		}
	}
	seconds := uint64(cpu / time.Second)
	for resource, limit := range map[int]uint64{
		syscall.RLIMIT_DATA: kB<<10 + memory, syscall.RLIMIT_CPU: seconds, syscall.RLIMIT_CORE: 0,
	} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return err
		}
	}
	return nil
}

// dieTogether ends the child when this process ends, however it does.
func dieTogether(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
