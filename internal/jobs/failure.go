package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// failureLog writes one line per failed run. Arguments stay out: they hold addresses and names.
type failureLog struct{ log *slog.Logger }

func (f failureLog) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.write(ctx, job, slog.String("error", err.Error()))
	return nil
}

func (f failureLog) HandlePanic(ctx context.Context, job *rivertype.JobRow, panicVal any, trace string) *river.ErrorHandlerResult {
	f.write(ctx, job, slog.Any("panic", panicVal), slog.String("trace", trace))
	return nil
}

// write is an error when nothing will be tried any more, otherwise a warning.
func (f failureLog) write(ctx context.Context, job *rivertype.JobRow, what ...slog.Attr) {
	level, message := slog.LevelWarn, "job failed, will be tried again"
	if job.Attempt >= job.MaxAttempts {
		level, message = slog.LevelError, "job failed for good"
	}
	attrs := append([]slog.Attr{
		slog.String("kind", job.Kind),
		slog.Int64("job", job.ID),
		slog.String("queue", job.Queue),
		slog.Int("attempt", job.Attempt),
		slog.Int("max_attempts", job.MaxAttempts),
		slog.Duration("age", time.Since(job.CreatedAt).Round(time.Millisecond)),
	}, what...)
	f.log.LogAttrs(ctx, level, message, attrs...)
}

// atLeast passes on what is important enough.
type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
