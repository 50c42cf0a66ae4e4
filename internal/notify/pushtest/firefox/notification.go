package firefox

import (
	"context"
	"encoding/json"
	"fmt"
)

// ClickNotification clicks on the notification with this title where a person would: in the window that Firefox
// shows it in. It waits for it to be shown. The preference alerts.useSystemBackend must be false, or else the
// desktop shows notifications and not Firefox.
func (b *Browser) ClickNotification(ctx context.Context, title string) error {
	wanted, err := json.Marshal(title)
	if err != nil {
		return err
	}
	// The window takes clicks once it has told its listener that it is shown.
	click := `(() => {
		if (document.documentElement.getAttribute("windowtype") !== "alert:alert" || !window.gIsActive) return false
		if (document.getElementById("alertTitleLabel").getAttribute("value") !== ` + string(wanted) + `) return false
		document.getElementById("alertBox").click()
		return true
	})()`
	for {
		windows, err := b.contexts(ctx, map[string]any{"moz:scope": "chrome"})
		if err != nil {
			return err
		}
		for _, window := range windows {
			var clicked bool
			// A window that closes meanwhile gives an error; it was not the one.
			if err := b.evaluateIn(ctx, window.ID, click, &clicked); err == nil && clicked {
				return nil
			}
		}
		if ctx.Err() != nil {
			return fmt.Errorf("no notification %q is shown: %w", title, ctx.Err())
		}
	}
}
