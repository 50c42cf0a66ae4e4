package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// subjectRoot keeps our subjects apart from others' on a shared cluster.
const subjectRoot = "utsendt."

// Signal says that the thing named by Subject changed.
type Signal struct {
	// Subject names the thing: dot-separated words without spaces, "request.<id>".
	Subject string
	// Version orders the signals of one subject; an older one never replaces a newer one.
	Version int64
	// Data is an optional small payload, such as a position.
	Data []byte
}

// Config says where signals travel.
type Config struct {
	// URL of a NATS cluster; empty starts one within the process that listens on no network.
	URL string
	// Logger gets connection losses; nil means slog.Default.
	Logger *slog.Logger
}

// Bus publishes signals and hands them to subscriptions. It is safe for concurrent use.
type Bus struct {
	conn *nats.Conn
	own  *server.Server // nil with a cluster

	mu       sync.RWMutex
	exact    map[string]map[*Subscription]struct{}
	prefixed map[*Subscription]map[string]struct{}
	closed   bool
}

// Open connects to NATS, or starts it within the process.
func Open(cfg Config) (*Bus, error) {
	log := cfg.Logger
	if log == nil {
		log = slog.Default()
	}
	b := &Bus{
		exact:    make(map[string]map[*Subscription]struct{}),
		prefixed: make(map[*Subscription]map[string]struct{}),
	}
	opts := []nats.Option{
		nats.Name("utsendt"),
		nats.MaxReconnects(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("signals: connection lost", "error", err)
			}
		}),
		// What was signalled meanwhile is unknown: everyone reads again.
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("signals: connected again"); b.loseAll() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("signals", "error", err)
			if errors.Is(err, nats.ErrSlowConsumer) {
				b.loseAll()
			}
		}),
	}
	url := cfg.URL
	if url == "" {
		own, err := startOwn()
		if err != nil {
			return nil, err
		}
		b.own = own
		url = nats.DefaultURL // not dialled: InProcessServer replaces it
		opts = append(opts, nats.InProcessServer(own))
	}
	conn, err := nats.Connect(url, opts...)
	if err != nil {
		b.stopOwn()
		return nil, fmt.Errorf("live: connecting to NATS: %w", err)
	}
	b.conn = conn
	if _, err := conn.Subscribe(subjectRoot+">", b.receive); err != nil {
		b.Close()
		return nil, fmt.Errorf("live: subscribing: %w", err)
	}
	if err := conn.Flush(); err != nil {
		b.Close()
		return nil, fmt.Errorf("live: subscribing: %w", err)
	}
	return b, nil
}

func startOwn() (*server.Server, error) {
	own, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true})
	if err != nil {
		return nil, fmt.Errorf("live: setting up NATS: %w", err)
	}
	own.Start()
	if !own.ReadyForConnections(10 * time.Second) {
		own.Shutdown()
		return nil, errors.New("live: NATS within the process did not get ready")
	}
	return own, nil
}

// Publish sends a signal to every server, this one included. It does not wait for anyone. An error means that the
// connection is closed or its buffer full; the change itself is safe in the database.
func (b *Bus) Publish(s Signal) error {
	if strings.ContainsAny(s.Subject, " *>\r\n\t") || s.Subject == "" {
		return fmt.Errorf("live: %q is no subject", s.Subject)
	}
	data := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(s.Data)), uint64(s.Version))
	return b.conn.Publish(subjectRoot+s.Subject, append(data, s.Data...))
}

// receive runs on NATS's goroutine for the one subscription of this server.
func (b *Bus) receive(m *nats.Msg) {
	if len(m.Data) < 8 {
		return
	}
	s := Signal{
		Subject: strings.TrimPrefix(m.Subject, subjectRoot),
		Version: int64(binary.BigEndian.Uint64(m.Data)),
		Data:    m.Data[8:],
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for sub := range b.exact[s.Subject] {
		sub.offer(s)
	}
	for sub, prefixes := range b.prefixed {
		for prefix := range prefixes {
			if strings.HasPrefix(s.Subject, prefix) {
				sub.offer(s)
				break
			}
		}
	}
}

func (b *Bus) loseAll() {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, subs := range b.exact {
		for sub := range subs {
			sub.lose()
		}
	}
	for sub := range b.prefixed {
		sub.lose()
	}
}

// Close ends the connection, and NATS itself where it runs within the process. Subscriptions stay silent after it.
func (b *Bus) Close() {
	b.mu.Lock()
	closed := b.closed
	b.closed = true
	b.mu.Unlock()
	if closed {
		return
	}
	if b.conn != nil {
		b.conn.Close()
	}
	b.stopOwn()
}

func (b *Bus) stopOwn() {
	if b.own != nil {
		b.own.Shutdown()
		b.own.WaitForShutdown()
	}
}
