package embedded

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// launch starts the process on a thread that is kept until the process has ended, because the kernel ties
// the signal at the parent's death to the thread that started the child.
func (s *Server) launch(o owner, opts Options) error {
	log, err := openLog(s.folder.logFile())
	if err != nil {
		return err
	}
	defer log.Close()

	args := []string{"-D", s.folder.data(), "-k", s.folder.socketDir}
	for name, value := range serverSettings(opts) {
		args = append(args, "-c", name+"="+value)
	}
	cmd := exec.Command(filepath.Join(s.binaries.Dir, "postgres"), args...)
	cmd.Dir = s.folder.data()
	cmd.Env = childEnv()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = processAttributes(o)

	s.exited = make(chan struct{})
	started := make(chan error)
	go func(exited chan struct{}) {
		release := holdThread()
		defer release()
		err := cmd.Start()
		if err == nil {
			s.process = cmd.Process
		}
		started <- err
		if err == nil {
			s.exitErr = cmd.Wait()
			close(exited)
		}
	}(s.exited)
	if err := <-started; err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	go capLog(s.folder.logFile(), s.exited)
	return nil
}

func serverSettings(opts Options) map[string]string {
	settings := map[string]string{
		"listen_addresses":        "",
		"port":                    "5432", // names the socket; there is no network
		"unix_socket_permissions": "0700",
		"max_connections":         strconv.Itoa(opts.MaxConnections),
		"logging_collector":       "off",
		"log_destination":         "stderr",
		"log_timezone":            "UTC",
		"timezone":                "UTC",
		"external_pid_file":       "",
		"cluster_name":            "utsendt",
	}
	if opts.Volatile {
		settings["fsync"] = "off"
		settings["synchronous_commit"] = "off"
		settings["full_page_writes"] = "off"
	}
	maps.Copy(settings, opts.Settings)
	return settings
}

// childEnv is our environment without PG… variables, which would change what the programs do.
func childEnv() []string {
	env := []string{"LC_ALL=C.UTF-8"}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PG") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") {
			env = append(env, kv)
		}
	}
	return env
}
