package firefox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// find returns the program, or says what to install.
func find() (string, error) {
	if named := os.Getenv("UTSENDT_FIREFOX"); named != "" {
		return named, nil
	}
	for _, name := range []string{"firefox-esr", "firefox"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("this needs Firefox: install it (Debian and Ubuntu: apt-get install firefox-esr), " +
		"or name the program in UTSENDT_FIREFOX")
}

// process is a running Firefox, leader of a process group of its own.
type process struct {
	pid    int
	exited chan struct{} // closed when the leader has been waited for
	found  chan string   // the address it listens on

	mu   sync.Mutex
	tail []string // its last lines, for errors
}

// launch starts the program with the profile. The goroutine that starts it keeps its thread until the
// program ends: Linux's signal on the parent's death goes by the thread.
func launch(program, profile string) (*process, error) {
	cmd := exec.Command(program, "--headless", "--no-remote", "--remote-debugging-port=0",
		"--remote-allow-system-access", // for the windows that notifications are shown in
		"--profile", profile, "about:blank")
	cmd.Env = append(withoutDisplay(os.Environ()), "HOME="+profile, "TMPDIR="+profile,
		"XDG_CONFIG_HOME="+filepath.Join(profile, "config"), "XDG_CACHE_HOME="+filepath.Join(profile, "cache"),
		"XDG_RUNTIME_DIR="+profile, "MOZ_CRASHREPORTER_DISABLE=1", "MOZ_HEADLESS=1", "LANG=C.UTF-8")
	cmd.SysProcAttr = groupAttributes()
	cmd.WaitDelay = 5 * time.Second // a child that holds the pipe open does not hold us
	output, input := io.Pipe()
	cmd.Stdout, cmd.Stderr = input, input
	p := &process{exited: make(chan struct{}), found: make(chan string, 1)}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		_ = cmd.Wait() // killed, as a rule; why else it ended is in its output
		_ = input.Close()
		close(p.exited)
	}()
	if err := <-started; err != nil {
		_ = input.Close()
		return nil, err
	}
	go p.listen(output)
	return p, nil
}

// withoutDisplay drops what would make a headless browser look for a desktop or a proxy.
func withoutDisplay(environment []string) []string {
	var kept []string
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		switch strings.ToUpper(name) {
		case "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY":
		default:
			kept = append(kept, entry)
		}
	}
	return kept
}

// listen reads the output to its end, so that the browser never blocks on it.
func (p *process) listen(output io.Reader) {
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadString('\n')
		line = strings.TrimSpace(line)
		if _, address, ok := strings.Cut(line, "WebDriver BiDi listening on "); ok {
			select {
			case p.found <- address:
			default:
			}
		}
		if line != "" {
			p.mu.Lock()
			p.tail = append(p.tail, line)
			p.tail = p.tail[max(0, len(p.tail)-10):]
			p.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// address waits until the browser says where it listens.
func (p *process) address(ctx context.Context) (string, error) {
	select {
	case address := <-p.found:
		return address, nil
	case <-p.exited:
		return "", fmt.Errorf("it ended at once: %s", p.lastLines())
	case <-ctx.Done():
		return "", fmt.Errorf("it does not listen: %w: %s", ctx.Err(), p.lastLines())
	}
}

func (p *process) lastLines() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.tail, " | ")
}

// kill ends the whole group and waits for the leader. A test's profile is worth no goodbye. It is done
// also when the leader is gone already: children may be left, and a group keeps its number while any is.
func (p *process) kill() {
	_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	<-p.exited
}
