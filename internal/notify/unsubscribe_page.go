package notify

import (
	"context"
	_ "embed"
	"net/http"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/notify/webpage"
)

//go:embed unsubscribe.html.tmpl
var unsubscribeSource string

var unsubscribePage = webpage.Parse(unsubscribeSource)

// unsubscribeView is what the page shows.
type unsubscribeView struct {
	Language, Title, Text string
	// Button is empty when there is nothing left to press; Preferences for an address that is no person's.
	Button, Preferences, PreferencesText string
}

// ServeUnsubscribe is UnsubscribePath with a token in its query. POST turns off what the token names, as mail programs
// do by themselves (RFC 8058) and people by the button of the page that GET shows: looking at a link, as scanners of
// mail do, changes nothing. It needs no signing in; clientAddress tells where a request comes from, for the audit trail.
func (s *Service) ServeUnsubscribe(clientAddress func(*http.Request) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, token := r.Context(), r.URL.Query().Get("token")
		view, status, err := s.unsubscribeView(ctx, r, token)
		if err == nil && status == http.StatusOK {
			switch r.Method {
			case http.MethodGet, http.MethodHead:
			case http.MethodPost:
				if err = s.unsubscribe(ctx, token, clientAddress(r)); err == nil {
					view.Button = ""
					view.Text, err = s.texts.get(view.Language, "unsubscribe.done", nil)
				}
			default:
				w.Header().Set("Allow", "GET, HEAD, POST")
				http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
				return
			}
		}
		if err != nil {
			s.log.ErrorContext(ctx, "the page for turning mail off", "error", err)
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		webpage.Write(w, status, unsubscribePage, view)
	})
}

// unsubscribeView is the page before anything was pressed: 404 for a token that is none of ours.
func (s *Service) unsubscribeView(ctx context.Context, r *http.Request, token string) (v unsubscribeView, status int, err error) {
	v.Language = webpage.Language(r)
	u, err := s.openToken(ctx, token)
	known := err == nil
	if !known && fault.KindOf(err) != fault.NotFound {
		return v, 0, err
	}
	err = nil
	say := func(key string, params map[string]string) (text string) {
		if err == nil {
			text, err = s.texts.get(v.Language, key, params)
		}
		return text
	}
	v.Title = say("unsubscribe.title", nil)
	if !known {
		v.Text = say("unsubscribe.unknown", nil)
		return v, http.StatusNotFound, err
	}
	v.Text = say("unsubscribe.question", map[string]string{"class": say("class."+string(u.class), nil)})
	v.Button = say("unsubscribe.button", nil)
	if u.person != uuid.Nil {
		v.Preferences, v.PreferencesText = preferencesPath, say("email.preferences", nil)
	}
	return v, http.StatusOK, err
}
