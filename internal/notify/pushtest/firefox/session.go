package firefox

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// session is a WebDriver BiDi connection: numbered commands, each with one answer. Events are not used.
type session struct {
	conn   *websocket.Conn
	ctx    context.Context // ends with the connection
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
}

type answer struct {
	Type    string          `json:"type"` // success, error or event
	ID      int             `json:"id"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

func newSession(conn *websocket.Conn) *session {
	conn.SetReadLimit(16 << 20)
	s := &session{conn: conn, waiting: make(map[int]chan answer)}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	go s.read()
	return s
}

func (s *session) read() {
	for {
		var got answer
		if err := wsjson.Read(s.ctx, s.conn, &got); err != nil {
			s.cancel(fmt.Errorf("the connection to Firefox is closed: %w", err))
			return
		}
		s.mu.Lock()
		waiting := s.waiting[got.ID]
		s.mu.Unlock()
		if got.Type != "event" && waiting != nil {
			waiting <- got
		}
	}
}

// call sends one command and decodes its result into result, which may be nil.
func (s *session) call(ctx context.Context, method string, params, result any) error {
	reply := make(chan answer, 1)
	s.mu.Lock()
	s.last++
	id := s.last
	s.waiting[id] = reply
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiting, id)
		s.mu.Unlock()
	}()
	// Written under the session's context: a write cut short would break the connection for all.
	if err := wsjson.Write(s.ctx, s.conn, map[string]any{"id": id, "method": method, "params": params}); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case got := <-reply:
		if got.Type == "error" {
			return fmt.Errorf("%s: %s: %s", method, got.Error, got.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(got.Result, result)
	case <-s.ctx.Done():
		return fmt.Errorf("%s: %w", method, context.Cause(s.ctx))
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

func (s *session) close() {
	s.cancel(fmt.Errorf("the browser is closed"))
	_ = s.conn.CloseNow()
}
