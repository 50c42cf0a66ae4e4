package rpc

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"utsendt/internal/identity"
)

// SessionCookie is the name of the cookie that carries a browser's token.
const SessionCookie = "utsendt_session"

// PersonHeader names the person, by id, whom the caller believes the session to be of. Two people who use one browser share
// its cookie: a tab that the first left open would act as the second. A call that says whom it is for is refused, with the
// reason session_of_another, when the session is another's: unary calls and streams alike, before any of the body is read.
// A call without the header is its session's.
const PersonHeader = "Utsendt-Person"

// meant reports that the caller names nobody, or the actor. Whatever else stands there, also what is no id, is another.
func meant(header http.Header, actor identity.Actor) bool {
	for _, name := range header.Values(PersonHeader) {
		if id, err := uuid.Parse(name); err != nil || id != actor.PersonID {
			return false
		}
	}
	return true
}

// SetSessionCookie lets the browser keep the token: out of reach of scripts, sent to us alone, and only
// over TLS where we are served so. It may stay as long as the longest session; the server knows when the
// session is over.
func SetSessionCookie(response http.Header, client Client, token string) {
	addCookie(response, client, token, int(identity.WebSessionMax.Seconds()))
}

// ClearSessionCookie makes the browser forget the token.
func ClearSessionCookie(response http.Header, client Client) { addCookie(response, client, "", -1) }

func addCookie(response http.Header, client Client, value string, maxAge int) {
	cookie := http.Cookie{
		Name: SessionCookie, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: client.Secure, SameSite: http.SameSiteStrictMode,
	}
	response.Add("Set-Cookie", cookie.String())
}

// bearer gives the token of an Authorization header. Other schemes, which a browser may add by itself, are
// none.
func bearer(header http.Header) (token string, ok bool) {
	scheme, token, ok := strings.Cut(header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}

// credential gives the token of a call; "" when it carries none. With a bearer token the cookie is not
// looked at: the cross-origin check relies on that.
func credential(header http.Header) string {
	if token, ok := bearer(header); ok {
		return token
	}
	request := http.Request{Header: header}
	if cookie, err := request.Cookie(SessionCookie); err == nil {
		return cookie.Value
	}
	return ""
}
