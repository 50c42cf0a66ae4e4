package notify

import (
	"context"
	"maps"
	"strconv"
	"time"

	"utsendt/internal/notify/email"
)

// mailPart is what a message's mail says beyond title and body, as it waits in the ledger. Secrets are not in it.
type mailPart struct {
	// Params are those of the kind, in the reader's language, for a kind whose mail has a text of its own.
	Params map[string]string `json:"params,omitempty"`
	// Count chooses the plural form of that text.
	Count *int64       `json:"count,omitempty"`
	Lines []email.Line `json:"lines,omitempty"`
}

const (
	maxLines = 100
	// maxCell in octets bounds a label or value of a line.
	maxCell = 200
)

// mailPart renders the lines of a message and keeps its parameters; nil when its mail says no more than the push.
func (t *texts) mailPart(lang string, m Message, params map[string]string) (*mailPart, error) {
	part := &mailPart{}
	if t.has(string(m.Kind) + ".mail") {
		part.Params = params
		if n, ok := m.Numbers["count"]; ok {
			part.Count = &n
		}
	}
	shown := m.Lines[:min(len(m.Lines), maxLines)]
	for _, line := range shown {
		label := line.Label
		if line.Key != "" {
			var err error
			if label, err = t.get(lang, "label."+line.Key, nil); err != nil {
				return nil, err
			}
		}
		value := line.Value
		if value == "" {
			value = writtenDay(t.known(lang), line.Date)
		}
		part.Lines = append(part.Lines, email.Line{Label: cell(label), Value: cell(value)})
	}
	if more := int64(len(m.Lines) - len(shown)); more > 0 {
		text, err := t.choose(lang, "email.more", map[string]string{"count": grouped(t.known(lang), more)}, &more)
		if err != nil {
			return nil, err
		}
		part.Lines = append(part.Lines, email.Line{Label: text})
	}
	if part.Params == nil && part.Lines == nil {
		return nil, nil
	}
	return part, nil
}

func cell(s string) string { return shorten(clean(s), maxCell) }

// maxMailText in octets bounds the mail's own text; parameters are bounded each, so only a text of the catalogue
// that is a book itself reaches it.
const maxMailText = 16 << 10

// mailOf builds the mail of a delivery. secrets are what the kind's function made; nil for kinds without.
func (s *Service) mailOf(ctx context.Context, w work, secrets map[string]string, now time.Time) (email.Message, error) {
	m := email.Message{
		// A mail with a secret is another one each time: whoever gets two must be shown the newer.
		ID: w.ID.String(), To: w.Email, Subject: w.Title, Body: w.Body,
		Link: s.baseURL + w.URL, Language: w.Language, Date: w.CreatedAt,
	}
	if secrets != nil {
		m.ID += "-" + strconv.FormatInt(now.UnixNano(), 36)
		if path := secrets[SecretURL]; path != "" {
			m.Link = s.baseURL + path
		}
	}
	if w.Mail != nil {
		m.Lines = w.Mail.Lines
	}
	var err error
	if own := string(w.Kind) + ".mail"; s.texts.has(own) {
		params := map[string]string{}
		var count *int64
		if w.Mail != nil {
			maps.Copy(params, w.Mail.Params)
			count = w.Mail.Count
		}
		maps.Copy(params, secrets)
		if m.Body, err = s.texts.choose(w.Language, own, params, count); err != nil {
			return email.Message{}, err
		}
		m.Body = shorten(m.Body, maxMailText)
	}
	link := "email.open"
	if own := string(w.Kind) + ".link"; s.texts.has(own) {
		link = own
	}
	if m.LinkText, err = s.texts.get(w.Language, link, nil); err != nil {
		return email.Message{}, err
	}
	return m, s.addFooter(ctx, &m, w)
}
