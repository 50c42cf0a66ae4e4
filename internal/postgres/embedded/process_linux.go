package embedded

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// processAttributes run a child as o, in its own process group (so Ctrl-C in a terminal reaches us alone
// and we stop the child in order), and have the kernel send it SIGINT when we die.
func processAttributes(o owner) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT, Setpgid: true}
	if o.switched {
		attr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return attr
}

// holdThread ties the goroutine to its thread: Pdeathsig fires when the thread that started the child
// ends, not only when the process does.
func holdThread() (release func()) {
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}

// serves reports whether the process is alive and works in the cluster's folder, as a postmaster does.
// A pid that the system gave to somebody else meanwhile does not.
func (f folder) serves(pid int) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	return err == nil && cwd == f.data()
}
