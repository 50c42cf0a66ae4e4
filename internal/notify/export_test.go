package notify

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"testing/fstest"
	"time"

	"utsendt/internal/notify/webpush"
)

// Kinds that only tests have: one with everything a text can have, one with a secret, one whose link is the secret, and
// one for staff.
const (
	TestOrder  Kind = "test_order"
	TestSecret Kind = "test_secret"
	TestLink   Kind = "test_link"
	TestWork   Kind = "test_work"
)

func init() {
	policies[TestOrder] = policy{
		class: Orders, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways,
		params: []string{"number", "device", "day", "count", "recipient"}, labels: []string{"test_to"},
	}
	policies[TestSecret] = policy{
		class: Security, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways,
		params: []string{"recipient"}, secrets: []string{"password"},
	}
	policies[TestLink] = policy{
		class: Readings, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways,
		params: []string{"device"}, secrets: []string{SecretURL},
	}
	policies[TestWork] = policy{class: Work, life: 24 * time.Hour, urgency: webpush.UrgencyNormal, mail: mailAlways}
	catalogueFiles = withTexts(catalogueFiles, map[string]map[string]any{
		"nb": {
			"test_order.title":  "{{.number}}: Bestilt",
			"test_order.body":   map[string]string{"one": "Én vare til {{.device}}.", "other": "{{.count}} varer til {{.device}}."},
			"test_order.mail":   "Hei {{.recipient}}.\n\nVi leverer {{.count}} til {{.device}} {{.day}}.",
			"test_order.link":   "Se bestillingen",
			"label.test_to":     "Leveres til",
			"test_secret.title": "Nytt passord", "test_secret.body": "Du har fått et nytt passord.",
			"test_secret.mail": "Hei {{.recipient}}. Passordet er {{.password}}", "test_link.title": "Les av", "test_link.body": "Les av {{.device}}.",
			"test_link.mail":  "Les av {{.device}} uten å logge inn.",
			"test_work.title": "Noe venter", "test_work.body": "Noe venter på deg.",
		},
		"en": {
			"test_order.title":  "{{.number}}: Ordered",
			"test_order.body":   map[string]string{"one": "One article for {{.device}}.", "other": "{{.count}} articles for {{.device}}."},
			"test_order.mail":   "Hello {{.recipient}}.\n\nWe deliver {{.count}} for {{.device}} on {{.day}}.",
			"test_order.link":   "See the order",
			"label.test_to":     "Deliver to",
			"test_secret.title": "New password", "test_secret.body": "You have a new password.",
			"test_secret.mail": "Hello {{.recipient}}. The password is {{.password}}", "test_link.title": "Read", "test_link.body": "Read {{.device}}.",
			"test_link.mail":  "Read {{.device}} without signing in.",
			"test_work.title": "Something waits", "test_work.body": "Something waits for you.",
		},
	})
}

// withTexts is a catalogue with more texts in it.
func withTexts(files fs.FS, more map[string]map[string]any) fs.FS {
	all := fstest.MapFS{}
	for lang, texts := range more {
		name := path.Join("catalogue", lang+".json")
		content, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		merged := map[string]any{}
		if err := json.Unmarshal(content, &merged); err != nil {
			panic(err)
		}
		maps.Copy(merged, texts)
		if content, err = json.Marshal(merged); err != nil {
			panic(err)
		}
		all[name] = &fstest.MapFile{Data: content}
	}
	return all
}
