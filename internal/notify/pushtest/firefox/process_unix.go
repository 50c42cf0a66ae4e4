//go:build unix && !linux

package firefox

import "syscall"

// groupAttributes puts the browser into a group of its own.
func groupAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
