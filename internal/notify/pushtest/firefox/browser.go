package firefox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// startTimeout is how long Firefox may take to come up; a loaded machine needs half a minute.
const startTimeout = 90 * time.Second

// Browser is a running Firefox. It begins with one tab. Its methods are safe for concurrent use.
type Browser struct {
	process *process
	profile string
	session *session
	close   sync.Once
	closed  error

	mu  sync.Mutex
	tab string // browsing context of the tab that is driven
}

// Open starts Firefox for a test and closes it when the test ends. It fails the test when Firefox
// cannot be started.
func Open(t testing.TB, prefs map[string]any) *Browser {
	t.Helper()
	browser, err := Start(t.Context(), prefs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := browser.Close(); err != nil {
			t.Error("closing Firefox:", err)
		}
	})
	return browser
}

// Start runs Firefox with a fresh profile. prefs are about:config preferences (bool, number or string)
// on top of those that keep it quiet. The browser is closed when ctx ends, and by Close.
func Start(ctx context.Context, prefs map[string]any) (*Browser, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	b := &Browser{}
	started, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := b.start(started, program, prefs); err != nil {
		return nil, errors.Join(fmt.Errorf("starting Firefox: %w", err), b.Close())
	}
	context.AfterFunc(ctx, func() { _ = b.Close() })
	return b, nil
}

func (b *Browser) start(ctx context.Context, program string, prefs map[string]any) (err error) {
	if b.profile, err = makeProfile(prefs); err != nil {
		return err
	}
	if b.process, err = launch(program, b.profile); err != nil {
		return err
	}
	address, err := b.process.address(ctx)
	if err != nil {
		return err
	}
	conn, _, err := websocket.Dial(ctx, address+"/session", nil)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	b.session = newSession(conn)
	if err := b.session.call(ctx, "session.new", map[string]any{"capabilities": struct{}{}}, nil); err != nil {
		return err
	}
	open, err := b.contexts(ctx, struct{}{})
	if err != nil {
		return err
	}
	if len(open) == 0 {
		return errors.New("no tab is open")
	}
	b.tab = open[0].ID
	return nil
}

// Navigate opens url in the tab and returns when the page and all it refers to have loaded.
func (b *Browser) Navigate(ctx context.Context, url string) error {
	err := b.session.call(ctx, "browsingContext.navigate",
		map[string]any{"context": b.current(), "url": url, "wait": "complete"}, nil)
	if err != nil {
		return fmt.Errorf("opening %s: %w", url, err)
	}
	return nil
}

// Evaluate runs an expression in the page, awaits it when it is a promise, and decodes its value, as
// JSON has it, into result (a pointer, or nil to ignore it). What the expression throws is returned as
// an error with the page's text.
func (b *Browser) Evaluate(ctx context.Context, expression string, result any) error {
	return b.evaluateIn(ctx, b.current(), expression, result)
}

func (b *Browser) evaluateIn(ctx context.Context, target, expression string, result any) error {
	var answer struct {
		Type   string `json:"type"`
		Result struct {
			Value string `json:"value"`
		} `json:"result"`
		Exception struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	err := b.session.call(ctx, "script.evaluate", map[string]any{
		// undefined has no JSON; it becomes null.
		"expression":     "(async () => JSON.stringify((await (\n" + expression + "\n)) ?? null))()",
		"target":         map[string]any{"context": target},
		"awaitPromise":   true,
		"userActivation": true,
	}, &answer)
	if err != nil {
		return fmt.Errorf("running a script: %w", err)
	}
	if answer.Type == "exception" {
		return fmt.Errorf("the page threw: %s", answer.Exception.Text)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal([]byte(answer.Result.Value), result)
}

// Close ends the browser with all its processes and removes its profile. It may be called more than
// once; all calls return what the first found.
func (b *Browser) Close() error {
	b.close.Do(func() {
		if b.session != nil {
			b.session.close()
		}
		if b.process != nil {
			b.process.kill()
		}
		if b.profile != "" {
			b.closed = removeAll(b.profile)
		}
	})
	return b.closed
}

// removeAll removes the profile. A dying child may still write one more file into it.
func removeAll(folder string) (err error) {
	for range 50 {
		if err = os.RemoveAll(folder); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}
