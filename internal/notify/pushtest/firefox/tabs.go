package firefox

import (
	"context"
	"fmt"
)

// Tab is one open tab.
type Tab struct {
	ID  string `json:"context"`
	URL string `json:"url"`
	// Front tells that it is the one that is seen.
	Front bool `json:"-"`
}

// Tabs gives all open tabs, the first that was opened first.
func (b *Browser) Tabs(ctx context.Context) ([]Tab, error) {
	tabs, err := b.contexts(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	for i := range tabs {
		if err := b.evaluateIn(ctx, tabs[i].ID, `document.visibilityState === "visible"`, &tabs[i].Front); err != nil {
			return nil, err
		}
	}
	return tabs, nil
}

// Switch brings a tab to the front; Navigate and Evaluate work in it from now on.
func (b *Browser) Switch(ctx context.Context, tab string) error {
	if err := b.session.call(ctx, "browsingContext.activate", map[string]any{"context": tab}, nil); err != nil {
		return fmt.Errorf("switching to a tab: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tab = tab
	return nil
}

// current is the tab that is driven.
func (b *Browser) current() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tab
}

// contexts lists the top browsing contexts of a scope.
func (b *Browser) contexts(ctx context.Context, scope any) ([]Tab, error) {
	var tree struct {
		Contexts []Tab `json:"contexts"`
	}
	if err := b.session.call(ctx, "browsingContext.getTree", scope, &tree); err != nil {
		return nil, fmt.Errorf("listing tabs: %w", err)
	}
	return tree.Contexts, nil
}
