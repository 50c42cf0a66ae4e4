package wording

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/language"

	"utsendt/internal/fault"
)

//go:embed catalogue/*.json
var files embed.FS

// catalogues hold the words by language and reason; English has only what is not a fault's own sentence.
var catalogues = load()

// offered are the languages that Choose picks from, the first being the last resort.
var offered = []language.Tag{language.English, language.MustParse("nb"), language.MustParse("no"), language.MustParse("nn")}

var matcher = language.NewMatcher(offered)

func load() map[string]map[string]string {
	entries, err := files.ReadDir("catalogue")
	if err != nil {
		panic(err) // the files are part of the program
	}
	all := make(map[string]map[string]string, len(entries))
	for _, entry := range entries {
		text, err := files.ReadFile("catalogue/" + entry.Name())
		if err != nil {
			panic(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(text, &words); err != nil {
			panic(fmt.Sprintf("wording: %s: %v", entry.Name(), err))
		}
		all[strings.TrimSuffix(entry.Name(), ".json")] = words
	}
	return all
}

// Choose gives the language to answer in, "nb" or "en": the best of an Accept-Language header, else the person's own, else
// English. Any Norwegian is answered in bokmål.
func Choose(acceptLanguage, own string) string {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err == nil && len(tags) > 0 {
		if _, i, sure := matcher.Match(tags...); sure != language.No {
			if i == 0 {
				return "en"
			}
			return "nb"
		}
	}
	if own == "" {
		return "en"
	}
	return own
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// Text is the fault's sentence in a language.
func Text(e *fault.Error, lang string) string {
	words, ok := catalogues[lang][e.Reason]
	if !ok {
		return e.Message
	}
	whole := true
	text := placeholder.ReplaceAllStringFunc(words, func(name string) string {
		name = name[1 : len(name)-1]
		value, ok := e.Params[name]
		if !ok {
			whole = false
		}
		if word, ok := catalogues[lang][name+"."+value]; ok {
			return word
		}
		return value
	})
	if !whole {
		return e.Message
	}
	return text
}
