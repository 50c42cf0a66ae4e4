package supplies_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"utsendt/portal/supplies"
)

func TestParseCarriers(t *testing.T) {
	t.Parallel()
	c, err := supplies.ParseCarriers("B=https://b.example.com/{number}", " A Post = https://a.example.com/?n={number}&x=1 ", "C=https://c.example.com#{number}")
	if err != nil || !slices.Equal(c.Names(), []string{"A Post", "B", "C"}) || c.Link("A Post", "7") != "https://a.example.com/?n=7&x=1" ||
		c.Link("b", "7") != "" || c.Link("B", "") != "" || c.Link("C", "7") != "https://c.example.com#7" {
		t.Errorf("%v %v", c, err)
	}
	if c, err := supplies.ParseCarriers(); err != nil || len(c.Names()) != 0 || (supplies.Carriers{}).Link("A", "1") != "" {
		t.Errorf("%v %v", c, err)
	}
	for _, bad := range []string{
		"", "A", "=https://a.example.com/{number}", "A=", "A=https://a.example.com/", "A=http://a.example.com/{number}", "A=//a.example.com/{number}",
		"A=https://{number}", "A=https://{number}.example.com/", "A=https://a.example.com{number}", "A=https://a.example.com:{number}/",
		"A=https://a.example.com/{number}/{number}", "A=https://a.example.com/{Number}", "A=https://a.example.com/{id}/{number}",
		"A=https://u:p@a.example.com/{number}", "A=https:///{number}", "A=https://?{number}", "A=javascript:alert({number})",
		"A=HTTPS:a.example.com/{number}", "A=https://a.example.com/%zz{number}", strings.Repeat("A", 61) + "=https://a.example.com/{number}",
	} {
		if c, err := supplies.ParseCarriers(bad); err == nil {
			t.Errorf("%q is taken: %v", bad, c)
		}
	}
	if _, err := supplies.ParseCarriers("A=https://a.example.com/{number}", "A=https://b.example.com/{number}"); err == nil {
		t.Error("one name twice is taken")
	}
}

// FuzzCarriers: whatever is set and whatever the number is, a link is https on the host that the operator wrote, and
// holds the number where it belongs.
func FuzzCarriers(f *testing.F) {
	f.Add("A=https://a.example.com/t/{number}?l=nb", "37 00/1")
	f.Add("A=https://a.example.com/?n={number}", "x&y=z#@../\x00\xff{number}")
	f.Add("A=https://a.example.com#{number}", "æøå")
	f.Add("A=https://a.example.com/{number}@b.example.com/", "1")
	f.Fuzz(func(t *testing.T, setting, number string) {
		c, err := supplies.ParseCarriers(setting)
		if err != nil {
			return
		}
		name := c.Names()[0]
		plain, link := c.Link(name, "0"), c.Link(name, number)
		if number == "" {
			if link != "" {
				t.Errorf("%q without a number", link)
			}
			return
		}
		want, err := url.Parse(plain)
		if err != nil {
			t.Fatalf("%q leads to no URL: %q", setting, plain)
		}
		got, err := url.Parse(link)
		if err != nil || got.Scheme != "https" || got.Host != want.Host || got.Host == "" || got.User != nil {
			t.Fatalf("%q and %q make %q: %v", setting, number, link, err)
		}
		if strings.ContainsAny(link, " \"<>\x00\n") && !strings.ContainsAny(setting, " \"<>\x00\n") {
			t.Errorf("%q is not encoded", link)
		}
	})
}
