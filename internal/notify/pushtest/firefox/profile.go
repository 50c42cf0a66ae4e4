package firefox

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// quiet keeps a fresh Firefox from calling home, asking and updating.
var quiet = map[string]any{
	"app.normandy.enabled":                       false,
	"app.update.disabledForTesting":              true,
	"browser.aboutConfig.showWarning":            false,
	"browser.newtabpage.enabled":                 false,
	"browser.region.update.enabled":              false,
	"browser.safebrowsing.malware.enabled":       false,
	"browser.safebrowsing.phishing.enabled":      false,
	"browser.search.update":                      false,
	"browser.shell.checkDefaultBrowser":          false,
	"browser.startup.homepage_override.mstone":   "ignore",
	"browser.startup.page":                       0,
	"browser.tabs.warnOnClose":                   false,
	"datareporting.healthreport.uploadEnabled":   false,
	"datareporting.policy.dataSubmissionEnabled": false,
	"dom.ipc.processCount":                       1,
	"dom.ipc.processPrelaunch.enabled":           false,
	"extensions.systemAddon.update.enabled":      false,
	"extensions.update.enabled":                  false,
	"media.gmp-manager.updateEnabled":            false,
	"network.captive-portal-service.enabled":     false,
	"network.connectivity-service.enabled":       false,
	"network.dns.disablePrefetch":                true,
	"network.proxy.type":                         0,
	"network.trr.mode":                           5,
	"services.settings.server":                   "data:,",
	"startup.homepage_welcome_url":               "about:blank",
	"toolkit.startup.max_resumed_crashes":        -1,
	"toolkit.telemetry.enabled":                  false,
	"toolkit.telemetry.server":                   "data:,",
}

// makeProfile writes a profile into a new folder for temporary files.
func makeProfile(prefs map[string]any) (string, error) {
	folder, err := os.MkdirTemp("", "utsendt-firefox-")
	if err != nil {
		return "", err
	}
	all := maps.Clone(quiet)
	maps.Copy(all, prefs)
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value, err := json.Marshal(all[name])
		if err != nil {
			return folder, fmt.Errorf("preference %s: %w", name, err)
		}
		fmt.Fprintf(&lines, "user_pref(%q, %s);\n", name, value)
	}
	return folder, os.WriteFile(filepath.Join(folder, "user.js"), []byte(lines.String()), 0o600)
}
