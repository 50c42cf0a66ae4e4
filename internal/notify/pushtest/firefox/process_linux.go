package firefox

import "syscall"

// groupAttributes puts the browser into a group of its own, and ends it when the test is killed.
func groupAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
