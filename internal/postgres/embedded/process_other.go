//go:build unix && !linux

package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// processAttributes run a child as o in its own process group. Only Linux can end it at our death.
func processAttributes(o owner) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if o.switched {
		attr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return attr
}

func holdThread() (release func()) { return func() {} }

// serves reports whether the process is alive, and the socket's own lock file names it too: without /proc
// this is the best sign that the pid was not given to somebody else meanwhile.
func (f folder) serves(pid int) bool {
	lock := filepath.Join(f.socketDir, ".s.PGSQL.5432.lock")
	text, err := os.ReadFile(lock)
	return err == nil && strings.Contains(string(text), f.data()) && readPID(lock) == pid &&
		syscall.Kill(pid, 0) == nil
}
