package knowledge

import (
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
)

// Topic is what an article is about.
type Topic string

// The topics.
const (
	MeterReading Topic = "meter_reading"
	Fault        Topic = "fault"
	Supplies     Topic = "supplies"
	SetUp        Topic = "set_up"
	General      Topic = "general"
)

// Topics lists them all.
var Topics = []Topic{MeterReading, Fault, Supplies, SetUp, General}

// Languages lists those that articles are written in.
var Languages = []string{"nb", "en"}

// Text is an article in one language.
type Text struct {
	// Language is "nb" or "en".
	Language string `json:"language"`
	Title    string `json:"title"`
	// Body is Markdown.
	Body string `json:"body"`
}

// Content is what staff write of an article.
type Content struct {
	// Slug stands in the page's address: letters a to z, digits, single hyphens between.
	Slug  string `json:"slug"`
	Topic Topic  `json:"topic"`
	// Models are names of the models it is for, sorted; none means all.
	Models []string `json:"models"`
	// Texts are sorted as Languages is; at least one.
	Texts []Text `json:"texts"`
}

// Edited is an article as staff see it.
type Edited struct {
	Content
	ID uuid.UUID `json:"id"`
	// Version grows by one with each change.
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// WithdrawnAt is since when nobody but staff has it; nil for one that customers read.
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
}

// Article is an article as customers read it.
type Article struct {
	Slug  string
	Topic Topic
	Text  Text
	// OtherLanguage is true when the article is not there in the language asked for.
	OtherLanguage bool
	Models        []string
}

var errNotFound = fault.NewNotFound("article_not_found", "There is no such article.")

// in picks the text in a language, or else in any.
func (c Content) in(language string) (text Text, other bool) {
	for _, t := range c.Texts {
		if t.Language == language {
			return t, false
		}
	}
	return c.Texts[0], true
}
