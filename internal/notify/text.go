package notify

import (
	"fmt"
	"io/fs"
	"path"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// languages are the catalogue's; people.language is one of them.
var languages = []string{"nb", "en"}

// fallbacks are called by a general word of the language where their value is missing.
var fallbacks = []string{"number", "technician", "device"}

// texts renders messages in people's languages.
type texts struct {
	in   map[string]*i18n.Localizer
	keys map[string]entry
}

// loadTexts reads and checks the catalogue once for all Services.
var loadTexts = sync.OnceValues(func() (*texts, error) {
	bundle := i18n.NewBundle(language.English)
	t := &texts{in: make(map[string]*i18n.Localizer, len(languages))}
	all := make(map[string]map[string]entry, len(languages))
	for _, name := range languages {
		content, err := fs.ReadFile(catalogueFiles, path.Join("catalogue", name+".json"))
		if err != nil {
			return nil, fmt.Errorf("notify: reading the texts in %q: %w", name, err)
		}
		if all[name], err = parseEntries(content); err != nil {
			return nil, fmt.Errorf("notify: the texts in %q: %w", name, err)
		}
		if _, err := bundle.ParseMessageFileBytes(content, name+".json"); err != nil {
			return nil, fmt.Errorf("notify: the texts in %q: %w", name, err)
		}
		t.in[name] = i18n.NewLocalizer(bundle, name)
	}
	if wrong := problems(all, policies); len(wrong) > 0 {
		return nil, fmt.Errorf("notify: the texts have %d mistakes, the first: %s", len(wrong), wrong[0])
	}
	t.keys = all["en"]
	return t, nil
})

// known gives a language of the catalogue: English for one that is not there.
func (t *texts) known(lang string) string {
	if _, ok := t.in[lang]; ok {
		return lang
	}
	return "en"
}

// get gives one text.
func (t *texts) get(lang, key string, params map[string]string) (string, error) {
	return t.choose(lang, key, params, nil)
}

// choose gives one text, in the plural form for count where it has several.
func (t *texts) choose(lang, key string, params map[string]string, count *int64) (string, error) {
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: params}
	if t.keys[key].plural {
		var n int64
		if count != nil {
			n = *count
		}
		config.PluralCount = n
	}
	text, err := t.in[t.known(lang)].Localize(config)
	if err != nil {
		return "", fmt.Errorf("notify: text %q in %q: %w", key, lang, err)
	}
	return text, nil
}

// has tells whether the catalogue has an optional text.
func (t *texts) has(key string) bool {
	_, ok := t.keys[key]
	return ok
}

// Limits in octets. A parameter is cut before it goes into a text, so that the words around it remain.
const (
	maxParam  = 300
	maxNumber = 60
	maxTitle  = 200
	maxBody   = 1000
)

// params gives every parameter of a message's kind as it stands in texts of a language.
func (t *texts) params(lang string, m Message, recipient string) (map[string]string, error) {
	declared := policies[m.Kind].params
	params := make(map[string]string, len(declared))
	for _, name := range declared {
		value := m.Params[name]
		if name == "recipient" && value == "" {
			value = recipient
		}
		if day, ok := m.Dates[name]; ok {
			value = writtenDay(t.known(lang), day)
		}
		if number, ok := m.Numbers[name]; ok {
			value = grouped(t.known(lang), number)
		}
		limit := maxParam
		if name == "number" {
			limit = maxNumber
		}
		params[name] = isolate(shorten(clean(value), limit))
	}
	for _, name := range fallbacks {
		if value, ok := params[name]; ok && value == "" {
			word, err := t.get(lang, "fallback."+name, nil)
			if err != nil {
				return nil, err
			}
			params[name] = word
		}
	}
	return params, nil
}

// render gives title and body of a message in a language, on one line each.
func (t *texts) render(lang string, m Message, params map[string]string) (title, body string, err error) {
	var count *int64
	if n, ok := m.Numbers["count"]; ok {
		count = &n
	}
	if title, err = t.choose(lang, string(m.Kind)+".title", params, count); err != nil {
		return "", "", err
	}
	if body, err = t.choose(lang, string(m.Kind)+".body", params, count); err != nil {
		return "", "", err
	}
	return shorten(title, maxTitle), shorten(body, maxBody), nil
}
