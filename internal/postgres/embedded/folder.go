package embedded

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// maxSocketPath is the longest path a Unix socket may have, 107 bytes on Linux and 103 on macOS.
const maxSocketPath = 103

// folder knows the places inside Options.Dir.
type folder struct {
	root      string
	socketDir string
}

func (f folder) data() string    { return filepath.Join(f.root, "data") }
func (f folder) logFile() string { return filepath.Join(f.root, "postgres.log") }

// DefaultDir is where the data goes when nobody says otherwise: /var/lib/utsendt for root, because the
// user that PostgreSQL then runs as cannot reach root's home; $XDG_DATA_HOME/utsendt (by default
// ~/.local/share/utsendt) for everybody else.
func DefaultDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/utsendt", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "utsendt"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding a folder for the data: %w", err)
	}
	return filepath.Join(home, ".local", "share", "utsendt"), nil
}

// defaultCacheDir is where fetched programs are kept.
func defaultCacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/utsendt", nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a cache folder: %w", err)
	}
	return filepath.Join(dir, "utsendt"), nil
}

// newFolder makes dir and says where its socket goes: into run/ below it, or, when that path would be
// too long for a socket, into a folder in the temporary folder named after dir.
func newFolder(dir string) (folder, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return folder{}, err
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return folder{}, fmt.Errorf("making the data folder: %w", err)
	}
	// Two names of one folder must lead to one lock, one data folder and one socket.
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return folder{}, err
	}
	f := folder{root: root, socketDir: filepath.Join(root, "run")}
	if len(f.socketDir)+len("/.s.PGSQL.5432") > maxSocketPath {
		sum := sha256.Sum256([]byte(root))
		f.socketDir = filepath.Join("/tmp", "utsendt-"+hex.EncodeToString(sum[:8]))
	}
	return f, nil
}

// ErrInUse says that another process owns the folder.
var ErrInUse = errors.New("the data folder is in use")

// lock takes the folder for this process, until the file is closed or the process dies.
func (f folder) lock() (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(f.root, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner := make([]byte, 20)
		n, _ := file.Read(owner)
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s belongs to the running process %s; stop it or choose another folder",
				ErrInUse, f.root, orUnknown(string(bytes.TrimSpace(owner[:n]))))
		}
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if err := errors.Join(file.Truncate(0), writeAt0(file, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		file.Close()
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	return file, nil
}

// unlock gives the folder up. Closing alone would not do it at once: a child that somebody has just forked holds the file, and with
// it the lock, until it runs its own program.
func unlock(lock *os.File) error {
	return errors.Join(syscall.Flock(int(lock.Fd()), syscall.LOCK_UN), lock.Close())
}

func writeAt0(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text), 0)
	return err
}

func orUnknown(s string) string {
	if s == "" {
		return "(unknown)"
	}
	return s
}

// owner is the user that PostgreSQL runs as.
type owner struct {
	name     string
	uid, gid int
	// switched is true when that is another user than ours.
	switched bool
}

// chooseOwner is ourselves, or, for root, the user postgres, or nobody where there is no such user.
func chooseOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{name: "the present user", uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(u.Uid)
		gid, gidErr := strconv.Atoi(u.Gid)
		if uidErr == nil && gidErr == nil {
			return owner{name: name, uid: uid, gid: gid, switched: true}, nil
		}
	}
	return owner{}, errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")
}

// makePrivate makes dir with mode 0700 for o.
func (o owner) makePrivate(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	// In /tmp somebody else may have been there first.
	if stat, ok := info.Sys().(*syscall.Stat_t); !info.IsDir() ||
		ok && int(stat.Uid) != o.uid && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a folder of our own", dir)
	}
	if o.switched {
		if err := os.Chown(dir, o.uid, o.gid); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700)
}

// checkReach finds the first folder above path that o may not walk through, for an error that says so
// instead of PostgreSQL's "could not access".
func (o owner) checkReach(path string) error {
	if !o.switched {
		return nil
	}
	walked := ""
	for part := range strings.SplitSeq(strings.TrimPrefix(filepath.Clean(path), "/"), "/") {
		walked += "/" + part
		info, err := os.Stat(walked)
		if err != nil {
			return err
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil
		}
		needed := os.FileMode(0o001)
		switch {
		case int(stat.Uid) == o.uid:
			needed = 0o100
		case int(stat.Gid) == o.gid:
			needed = 0o010
		}
		if info.Mode()&needed == 0 {
			return fmt.Errorf("the user %s, as whom PostgreSQL runs under root, may not enter %s; choose another folder",
				o.name, walked)
		}
	}
	return nil
}
