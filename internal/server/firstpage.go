package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"utsendt/internal/rpc"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	"utsendt/proto/gen/utsendt/identity/v1/identityv1connect"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
	"utsendt/proto/gen/utsendt/portal/v1/portalv1connect"
)

// firstPage serves the portal's pages so that a slow line is crossed as seldom as can be: the HTML names every file that the
// page begins with (the build lists them in first.json: see portal/web/first.ts), and at its end stand the answers to the
// calls that the page begins with (portal/web/src/api/laid.ts takes them from there). They are answered by the API itself, for
// the session that asks for the page: whoever may not see something finds it here no more than there. What is in the page is
// one person's, so it is kept by no cache.
type firstPage struct {
	// head goes up to the end of <head>, body up to the end of <body>, tail is the rest.
	head, body, tail string
	files            firstFiles
	api              http.Handler
}

// firstFiles is first.json.
type firstFiles struct {
	// Pages are by path without the slash in front; * stands for an id.
	Pages map[string][]string `json:"pages"`
	// Texts are by language.
	Texts map[string][]string `json:"texts"`
	// SignIn is what whoever is not signed in sees in place of any page.
	SignIn []string `json:"signIn"`
}

// layWithin is how long a page may wait for its answers. Without them it asks for itself.
const layWithin = 2 * time.Second

// languageCookie is the language that was chosen in this browser; portal/web/src/i18n/language.svelte.ts sets it.
const languageCookie = "utsendt_language"

func newFirstPage(files fs.FS, api http.Handler) (*firstPage, error) {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, err
	}
	list, err := fs.ReadFile(files, "first.json")
	if err != nil {
		return nil, err
	}
	f := &firstPage{api: api}
	if err := json.Unmarshal(list, &f.files); err != nil {
		return nil, fmt.Errorf("first.json: %w", err)
	}
	var headed, bodied bool
	f.head, f.body, headed = strings.Cut(string(index), "</head>")
	f.body, f.tail, bodied = strings.Cut(f.body, "</body>")
	if !headed || !bodied {
		return nil, fmt.Errorf("index.html has no </head> or no </body>")
	}
	return f, nil
}

// known reports whether name, a path without the slash in front, is a page of the portal, and gives its pattern and id.
func (f *firstPage) known(name string) (pattern, id string, ok bool) {
	if _, ok := f.files.Pages[name]; ok {
		return name, "", true
	}
	folder, id := path.Split(name)
	if _, ok := f.files.Pages[folder+"*"]; !ok || id == "" {
		return "", "", false
	}
	return folder + "*", id, true
}

// serve serves a page. The browser has the head, and fetches what it names, while the API is still asked.
func (f *firstPage) serve(w http.ResponseWriter, r *http.Request, pattern, id string) {
	language := pageLanguage(r)
	_, err := r.Cookie(rpc.SessionCookie)
	session, site := err == nil, r.Header.Get("Sec-Fetch-Site")
	// A browser that comes by a link in a message has not sent the cookie, though it may have one: it asks for itself.
	nobody := !session && (site == "none" || site == "same-origin")
	needs := f.files.Pages[pattern]
	if nobody {
		needs = f.files.SignIn
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	var begin strings.Builder
	begin.WriteString(strings.Replace(f.head, `<html lang="en">`, `<html lang="`+language+`">`, 1))
	for _, file := range needs {
		begin.WriteString(linkTo(file))
	}
	for _, file := range f.files.Texts[language] {
		begin.WriteString(linkTo(file))
	}
	begin.WriteString("</head>" + f.body)
	_, _ = w.Write([]byte(begin.String())) // Whoever went away needs no answer.
	_ = http.NewResponseController(w).Flush()
	// A page that is fetched ahead may be looked at much later.
	if (session || nobody) && !strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") {
		// json.Marshal writes < and > so that they end no element.
		if content, err := json.Marshal(f.lay(r, beginsWith(pattern, id))); err == nil {
			_, _ = fmt.Fprintf(w, `<script type="application/json" id="laid">%s</script>`, content)
		}
	}
	_, _ = w.Write([]byte("</body>" + f.tail))
}

func linkTo(file string) string {
	file = html.EscapeString(file)
	if strings.HasSuffix(file, ".css") {
		return `<link rel="stylesheet" crossorigin href="` + file + `">`
	}
	return `<link rel="modulepreload" crossorigin href="` + file + `">`
}

// pageLanguage is the one in which the page will show itself, as far as can be told from here.
func pageLanguage(r *http.Request) string {
	if chosen, err := r.Cookie(languageCookie); err == nil && (chosen.Value == "nb" || chosen.Value == "en") {
		return chosen.Value
	}
	for one := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(one)), ";")
		switch base, _, _ := strings.Cut(tag, "-"); base {
		case "nb", "no", "nn":
			return "nb"
		case "en":
			return "en"
		}
	}
	return "en"
}

// firstCall is a call that a page begins with.
type firstCall struct {
	procedure string
	request   proto.Message
}

// beginsWith are the calls of a page, beside the one that tells who is signed in.
func beginsWith(pattern, id string) []firstCall {
	switch pattern {
	case "":
		return []firstCall{
			{portalv1connect.PortalServiceGetOverviewProcedure, &portalv1.GetOverviewRequest{}},
			{portalv1connect.PortalServiceListRequestsProcedure, &portalv1.ListRequestsRequest{PageSize: 100, OpenOnly: true}},
		}
	case "requests/*":
		return []firstCall{{portalv1connect.PortalServiceGetRequestProcedure, &portalv1.GetRequestRequest{Id: id}}}
	}
	return nil
}

// laidAnswer is a call and its answer, as the page reads them.
type laidAnswer struct {
	Path    string `json:"path"`
	Request []byte `json:"request"`
	Status  int    `json:"status"`
	Type    string `json:"type"`
	Answer  []byte `json:"answer"`
}

// lay asks the API, and gives what it answered: for whoever is not signed in, that they are not, and nothing else.
func (f *firstPage) lay(r *http.Request, calls []firstCall) []laidAnswer {
	ctx, cancel := context.WithTimeout(r.Context(), layWithin)
	defer cancel()
	calls = append([]firstCall{{identityv1connect.SessionServiceGetMeProcedure, &identityv1.GetMeRequest{}}}, calls...)
	answers := make([]laidAnswer, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { answers[i] = f.ask(ctx, r, call) })
	}
	all.Wait()
	switch answers[0].Status {
	case http.StatusOK:
	case http.StatusUnauthorized:
		return answers[:1]
	default:
		return []laidAnswer{}
	}
	laid := answers[:1]
	for _, one := range answers[1:] {
		if one.Status == http.StatusOK {
			laid = append(laid, one)
		}
	}
	return laid
}

// ask calls the API as the page would.
func (f *firstPage) ask(ctx context.Context, r *http.Request, call firstCall) (answer laidAnswer) {
	// A handler may panic to end its connection (http.ErrAbortHandler), which here would end the server.
	defer func() {
		if recover() != nil {
			answer = laidAnswer{}
		}
	}()
	body, err := proto.Marshal(call.request)
	if err != nil {
		return laidAnswer{}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, call.procedure, bytes.NewReader(body))
	if err != nil {
		return laidAnswer{}
	}
	for _, name := range []string{"Cookie", "User-Agent"} {
		req.Header[name] = r.Header[name]
	}
	req.Header.Set("Accept-Language", pageLanguage(r))
	req.Header.Set("Content-Type", "application/proto")
	req.Header.Set("Connect-Protocol-Version", "1")
	req.Host, req.RemoteAddr, req.TLS = r.Host, r.RemoteAddr, r.TLS
	response := &kept{header: http.Header{}}
	f.api.ServeHTTP(response, req)
	return laidAnswer{call.procedure, body, response.status, response.header.Get("Content-Type"), response.body.Bytes()}
}

// kept keeps a response.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *kept) Write(b []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(b)
}
