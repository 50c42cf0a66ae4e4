package notify

import (
	"embed"
	"fmt"
	"path"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed catalogue/*.json
var catalogue embed.FS

// languages are the catalogue's; people.language is one of them.
var languages = []string{"nb", "en"}

// paramNames are all that a text may use. Each is always filled in, if only with nothing.
var paramNames = []string{"number", "technician", "device", "reason", "city", "customer"}

// fallbacks are called by a general word of the language where their value is missing.
var fallbacks = []string{"number", "technician", "device"}

// texts renders messages in people's languages.
type texts struct {
	in map[string]*i18n.Localizer
}

func loadTexts() (*texts, error) {
	bundle := i18n.NewBundle(language.English)
	t := &texts{in: make(map[string]*i18n.Localizer, len(languages))}
	for _, name := range languages {
		if _, err := bundle.LoadMessageFileFS(catalogue, path.Join("catalogue", name+".json")); err != nil {
			return nil, fmt.Errorf("notify: reading the texts in %q: %w", name, err)
		}
		t.in[name] = i18n.NewLocalizer(bundle, name)
	}
	return t, nil
}

// get gives one text. A language that is not there gets English.
func (t *texts) get(lang, key string, params map[string]string) (string, error) {
	localizer, ok := t.in[lang]
	if !ok {
		localizer = t.in["en"]
	}
	text, err := localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: params})
	if err != nil {
		return "", fmt.Errorf("notify: text %q in %q: %w", key, lang, err)
	}
	return text, nil
}

// Limits in octets. A parameter is cut before it goes into a text, so that the words around it remain.
const (
	maxParam  = 300
	maxNumber = 60
	maxTitle  = 200
	maxBody   = 1000
)

// render gives title and body of a message in a language, on one line each.
func (t *texts) render(lang string, m Message) (title, body string, err error) {
	params := make(map[string]string, len(paramNames))
	for _, name := range paramNames {
		limit := maxParam
		if name == "number" {
			limit = maxNumber
		}
		params[name] = isolate(shorten(clean(m.Params[name]), limit))
	}
	for _, name := range fallbacks {
		if params[name] == "" {
			if params[name], err = t.get(lang, "fallback."+name, nil); err != nil {
				return "", "", err
			}
		}
	}
	if title, err = t.get(lang, string(m.Kind)+".title", params); err != nil {
		return "", "", err
	}
	if body, err = t.get(lang, string(m.Kind)+".body", params); err != nil {
		return "", "", err
	}
	return shorten(title, maxTitle), shorten(body, maxBody), nil
}
