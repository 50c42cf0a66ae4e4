package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

const (
	// maxLog is how large postgres.log may grow before it is cut, in bytes.
	maxLog = 8 << 20
	// keptLog is how much of its end a cut keeps, in postgres.log.old.
	keptLog = 1 << 20
	// logCheck is how often its size is looked at.
	logCheck = 30 * time.Second
)

// openLog opens the log for PostgreSQL to append to, so that it may be cut while it is in use.
func openLog(file string) (*os.File, error) {
	if err := cutLog(file, maxLog, keptLog); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log: %w", err)
	}
	return log, nil
}

// capLog cuts the log whenever it has grown too long, until done.
func capLog(file string, done <-chan struct{}) {
	ticker := time.NewTicker(logCheck)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			// A full disk is PostgreSQL's to report; there is nothing to do about it here.
			_ = cutLog(file, maxLog, keptLog)
		}
	}
}

// cutLog empties file when it is longer than limit, and keeps its last kept bytes in file.old.
func cutLog(file string, limit, kept int64) error {
	size := logSize(file)
	if size <= limit {
		return nil
	}
	tail := logSince(file, size-kept)
	if err := errors.Join(os.WriteFile(file+".old", []byte(tail), 0o600), os.Truncate(file, 0)); err != nil {
		return fmt.Errorf("cutting the log: %w", err)
	}
	return nil
}

// logSize is 0 when there is no log yet.
func logSize(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size()
}

// logSince reads what was written after offset, at most the last keptLog bytes of it.
func logSince(file string, offset int64) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	offset = max(offset, logSize(file)-keptLog, 0)
	text, err := io.ReadAll(io.NewSectionReader(f, offset, keptLog))
	if err != nil {
		return ""
	}
	return string(text)
}
