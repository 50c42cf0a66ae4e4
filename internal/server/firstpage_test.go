package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"utsendt/internal/server/servertest"
	identityv1 "utsendt/proto/gen/utsendt/identity/v1"
	portalv1 "utsendt/proto/gen/utsendt/portal/v1"
)

var laidIn = regexp.MustCompile(`<script type="application/json" id="laid">(.*)</script></body>`)

type laidAnswer struct {
	Path            string
	Status          int
	Request, Answer []byte
}

// firstPage fetches a page as a browser that was led there from a place of Sec-Fetch-Site, and reads what is laid into it.
func firstPage(t *testing.T, s *servertest.Server, client *http.Client, path, site string) (string, []laidAnswer) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Language", "nn-NO,nn;q=0.9,en;q=0.8")
	req.Header.Set("Sec-Fetch-Site", site)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %v", path, res.StatusCode, err)
	}
	found := laidIn.FindSubmatch(body)
	if found == nil {
		return string(body), nil
	}
	// Nothing of a person is in any cache, also not in the browser's.
	if caching := res.Header.Get("Cache-Control"); caching != "no-store" {
		t.Errorf("%s is kept: %s", path, caching)
	}
	var laid []laidAnswer
	if err := json.Unmarshal(found[1], &laid); err != nil {
		t.Fatal(err)
	}
	return string(body), laid
}

func paths(laid []laidAnswer) (names []string) {
	for _, one := range laid {
		names = append(names, one.Path[strings.LastIndex(one.Path, "/")+1:])
	}
	return names
}

// TestPagesComeWithTheirAnswers: what a page begins with lies in it, for the session that asks and for no other.
func TestPagesComeWithTheirAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.request.Number
	for _, one := range []struct {
		who   *servertest.Person
		path  string
		calls []string
	}{
		{w.customer, "/", []string{"GetMe", "GetOverview", "ListRequests"}},
		{w.customer, "/requests/" + number, []string{"GetMe", "GetRequest"}},
		{w.customer, "/requests", []string{"GetMe"}},
		{w.stranger, "/requests/" + number, []string{"GetMe"}}, // not theirs: as if it were not there
		{w.dispatcher, "/", []string{"GetMe"}},
	} {
		html, laid := firstPage(t, w.Server, one.who.HTTP, one.path, "none")
		if got := paths(laid); !slices.Equal(got, one.calls) {
			t.Errorf("%s: %v is laid, want %v", one.path, got, one.calls)
			continue
		}
		var me identityv1.GetMeResponse
		who, err := one.who.Session.GetMe(t.Context(), &identityv1.GetMeRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if err := proto.Unmarshal(laid[0].Answer, &me); err != nil || me.Person.GetId() != who.Person.Id {
			t.Errorf("%s: it is %v's page: %v", one.path, me.Person, err)
		}
		if !strings.Contains(html, `<html lang="nb">`) || strings.Count(html, "modulepreload") < 5 {
			t.Errorf("%s does not name its files: %s", one.path, html)
		}
	}
	_, laid := firstPage(t, w.Server, w.customer.HTTP, "/requests/"+number, "none")
	var got portalv1.GetRequestResponse
	if err := proto.Unmarshal(laid[1].Answer, &got); err != nil || got.Request.GetNumber() != number {
		t.Errorf("laid is %v: %v", got.Request, err)
	}
	// The pages of the other apps and the shared links' are everybody's.
	for _, path := range []string{"/tech/", "/board/", "/follow", "/sign-up", "/no-such-page"} {
		if html, laid := firstPage(t, w.Server, w.customer.HTTP, path, "none"); laid != nil || strings.Contains(html, `id="laid"`) {
			t.Errorf("%s holds %v", path, paths(laid))
		}
	}
}

// TestNobodysPage: who is not signed in is told so at once; but a browser that comes from elsewhere has sent no cookie, though it
// may have one, and one that fetches ahead shows the page later: both ask for themselves.
func TestNobodysPage(t *testing.T) {
	t.Parallel()
	s := servertest.Start(t, servertest.Options{})
	for site, want := range map[string]int{"none": http.StatusUnauthorized, "same-origin": http.StatusUnauthorized, "cross-site": 0, "": 0} {
		_, laid := firstPage(t, s, http.DefaultClient, "/", site)
		switch {
		case want == 0 && laid != nil:
			t.Errorf("%q: laid is %v", site, laid)
		case want != 0 && (len(laid) != 1 || laid[0].Status != want):
			t.Errorf("%q: laid is %v, want %d alone", site, laid, want)
		}
	}
}
