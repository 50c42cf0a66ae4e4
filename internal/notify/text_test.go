package notify

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"utsendt/internal/notify/webpush"
)

func allTexts(t *testing.T) *texts {
	t.Helper()
	texts, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// rendered gives title and body of a message as its recipient gets them.
func (t *texts) rendered(lang string, m Message) (title, body string, err error) {
	params, err := t.params(lang, m, "Testa Testesen")
	if err != nil {
		return "", "", err
	}
	return t.render(lang, m, params)
}

func TestTextsOfStatusesAreTheSeeds(t *testing.T) {
	t.Parallel()
	texts := allTexts(t)
	m := Message{Params: map[string]string{"number": "SR-1000017", "technician": "Testa", "device": "Fargeskriver", "reason": "Deler"}}
	for kind, want := range map[Kind][2]string{
		ToBeScheduled: {"Skal avtales", "To be scheduled"},
		Dispatched:    {"Utsendt", "Dispatched"},
		EnRoute:       {"På vei", "En route"},
		OnSite:        {"På stedet", "On site"},
		Completed:     {"Fullført", "Completed"},
		Cancelled:     {"Avlyst", "Cancelled"},
	} {
		m.Kind = kind
		for i, lang := range languages {
			title, body, err := texts.rendered(lang, m)
			if err != nil || title != "SR-1000017: "+want[i] || !strings.Contains(body, "Fargeskriver") {
				t.Errorf("%s %s: %q, %q, %v", kind, lang, title, body, err)
			}
		}
	}
}

func TestMissingParametersGetAGeneralWord(t *testing.T) {
	t.Parallel()
	texts := allTexts(t)
	for _, kind := range []Kind{ToBeScheduled, Dispatched, EnRoute, NearlyThere, OnSite, Completed, Cancelled, NewJob, JobWithdrawn, Test} {
		for _, lang := range languages {
			title, body, err := texts.rendered(lang, Message{Kind: kind})
			if err != nil || title == "" || body == "" || strings.Contains(title+body, "no value") ||
				strings.Contains(body, "  ") || strings.HasPrefix(title, ":") {
				t.Errorf("%s %s: %q, %q, %v", kind, lang, title, body, err)
			}
		}
	}
	if _, body, _ := texts.rendered("nb", Message{Kind: EnRoute}); body != "Teknikeren er på vei til maskinen." {
		t.Errorf("body %q", body)
	}
}

// strings that break things: the public list, and some of our own.
func naughty(t *testing.T) []string {
	list := []string{
		"", "\x00", "a\r\nBcc: x", "\u202etxt.exe", "\xff\xfe", "\u2028\u2029", strings.Repeat("🧑‍🔧", 300), "مرحبا", "שלום עולם",
		"Z" + strings.Repeat("\u0301", 5000), strings.Repeat("\"\\", 900), strings.Repeat("<", 2000), "{{.number}}", "\ufeff", "\U0010ffff",
	}
	folder := os.Getenv("UTSENDT_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	content, err := os.ReadFile(filepath.Join(folder, "abuse", "blns.json"))
	if err != nil {
		t.Logf("without the public list of naughty strings: %v", err)
		return list
	}
	var public []string
	if err := json.Unmarshal(content, &public); err != nil {
		t.Fatal(err)
	}
	return append(list, public...)
}

func checkMessage(t interface{ Errorf(string, ...any) }, texts *texts, lang string, m Message) {
	title, body, err := texts.rendered(lang, m)
	if err != nil {
		t.Errorf("%q: %v", m.Params, err)
		return
	}
	for _, text := range []string{title, body} {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r\n\u202e\u2028") || len(text) > maxBody {
			t.Errorf("%q made %q", m.Params, text)
		}
		if strings.Count(text, "\u2068") < strings.Count(text, "\u2069") {
			t.Errorf("%q made %q, which ends more isolates than it begins", m.Params, text)
		}
	}
	n := Notification{
		ID: uuid.New(), Sequence: 1 << 60, Kind: m.Kind, SubjectKind: m.SubjectKind, SubjectID: m.SubjectID,
		RequestNumber: shorten(clean(m.Params["number"]), maxNumber), Language: lang, Title: title, Body: body, URL: m.URL,
	}
	text, err := encodePayload(n)
	if err != nil || len(text) > webpush.MaxPayload {
		t.Errorf("%q: %d octets, %v", m.Params, len(text), err)
		return
	}
	var back payload
	if err := json.Unmarshal(text, &back); err != nil || back.Title != title ||
		!strings.HasPrefix(body, strings.TrimSuffix(back.Body, ellipsis)) || !utf8.ValidString(back.Body) {
		t.Errorf("%q came back as %+v, %v", m.Params, back, err)
	}
}

func TestNaughtyStringsAlwaysFit(t *testing.T) {
	t.Parallel()
	texts := allTexts(t)
	for _, s := range naughty(t) {
		for kind, policy := range policies {
			params := make(map[string]string, len(policy.params))
			for _, name := range policy.params {
				params[name] = s
			}
			for _, lang := range languages {
				checkMessage(t, texts, lang, Message{
					Kind: kind, SubjectKind: "request", SubjectID: uuid.New(), URL: "/" + strings.Repeat(`"`, maxURL-1),
					Params: params,
				})
			}
		}
	}
}

func TestAnyTextFits(t *testing.T) {
	t.Parallel()
	texts := allTexts(t)
	rapid.Check(t, func(t *rapid.T) {
		params := make(map[string]string)
		for _, name := range requestParams {
			params[name] = rapid.String().Draw(t, name) + string(rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, name+"'"))
		}
		checkMessage(t, texts, rapid.SampledFrom(languages).Draw(t, "language"), Message{
			Kind: Cancelled, URL: "/requests/SR-1000017", Params: params,
		})
	})
}

func TestShortenCutsBetweenCharacters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, ellipsis},
		{"abcdef", 5, "ab…"},
		{"ab cdef", 6, "ab…"},
		{"Bodø kommune", 7, "Bod…"},
		{"a🧑‍🔧b", 12, "a…"},
		{"🇳🇴🇸🇪", 12, "🇳🇴…"},
		{"abc", 2, ""},
		{"abc", 0, ""},
	} {
		if got := shorten(c.in, c.limit); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, not %q", c.in, c.limit, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s, limit := rapid.String().Draw(t, "s"), rapid.IntRange(0, 60).Draw(t, "limit")
		got := shorten(s, limit)
		if len(got) > limit && got != s || !utf8.ValidString(got) {
			t.Fatalf("shorten(%q, %d) = %q", s, limit, got)
		}
		if kept, cut := strings.CutSuffix(got, ellipsis); cut && got != s && kept != "" && limit > 40 {
			// What was kept ends where a character of the original ends, white space at the end aside.
			at := 0
			for rest, state := s, -1; rest != ""; {
				var cluster string
				cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
				if at += len(cluster); strings.TrimRight(s[:at], " ") == kept {
					return
				}
			}
			if len(s) > 0 && len(firstCluster(s)) <= limit-len(ellipsis) {
				t.Fatalf("shorten(%q, %d) = %q cuts a character", s, limit, got)
			}
		}
	})
}

func firstCluster(s string) string {
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
	return cluster
}

func TestCleanAndIsolate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  a\t\nb\u00a0c ": "a b c",
		"a\u202eb\u2066c":  "abc",
		"e\u0301":          "é",
		"\xff":             "\uFFFD",
		"x\u2029y\u0085z":  "x y z",
		"🧑‍🔧":              "🧑‍🔧",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, not %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"Bodø": "Bodø", "日本": "日本", "مرحبا": "\u2068مرحبا\u2069", "abc שלום": "\u2068abc שלום\u2069",
	} {
		if got := isolate(in); got != want {
			t.Errorf("isolate(%q) = %q, not %q", in, got, want)
		}
	}
}

func TestMaskAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"testa@example.com": "t***@example.com", "ø@example.com": "ø***@example.com", "": "***", "@": "***", "nonsense": "***",
		`"a@b"@example.com`: `"***@example.com`, "a@b\r\nBcc: c": "a***@b Bcc: c",
	} {
		if got := maskAddress(in); got != want {
			t.Errorf("maskAddress(%q) = %q, not %q", in, got, want)
		}
	}
}

func TestTopicsTellNothingAndDiffer(t *testing.T) {
	t.Parallel()
	a, b := uuid.New(), uuid.New()
	if topic("request", a) == topic("request", b) || topic("request", a) == topic("order", a) || len(topic("request", a)) != 32 {
		t.Error("topics do not tell subjects apart")
	}
	if topic("", uuid.Nil) != "" {
		t.Error("nothing has a topic")
	}
	if err := (webpush.Message{Topic: topic("request", a)}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestPauseGrowsAndIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		attempt := rapid.IntRange(1, 100).Draw(t, "attempt")
		asked := webpush.MaxRetryAfter * 3 / 4
		if got := pause(15e9, attempt, 0); got < 15e9 || got > maxPause*3/2+1 {
			t.Fatalf("attempt %d waits %v", attempt, got)
		}
		if got := pause(15e9, attempt, asked); got < asked || got > asked*3/2+1 {
			t.Fatalf("asked for %v, waits %v", asked, got)
		}
	})
	if got := pause(15e9, 3, 0); got < 60e9 {
		t.Errorf("the third attempt waits %v", got)
	}
}
