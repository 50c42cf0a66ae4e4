package support_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"utsendt/portal/support"
)

// published are the lines with which the contacts were published, phone numbers first; ~ stands for a no-break space.
const published = `Ricoh Østerrike: +43 (0) 5 74 264 6000
Ricoh Belgia: +32 (0)2 5582600
Ricoh Danmark: +45 43666940
Ricoh Finland: 0203 83888
Ricoh Frankrike 0 892 012012~
Ricoh Tyskland: +49 (0) 511 6742 4000~
Ricoh Ungarn: +36 23 806 800
Ricoh Irland: 1890202900
Ricoh Italia: 848000994 - 8
Ricoh Luxembourg: 335887
Ricoh Nederland: +31 (0)73 645 1333
Ricoh Norge: +47 22587800
Ricoh Polen: 801 399 007
Ricoh Portugal: 808203002
Ricoh Sør-Afrika: 27117235444
Ricoh Spania: 902.700.000
Ricoh Sverige: 020-734734
Ricoh Sveits: 0844 802 002
Ricoh Storbritannia: 0330 123 0311
Ricoh Tyrkia: +90 212 370 96 00
Ricoh Østerrike: kundendienst@ricoh.at
Ricoh Belgia: OneRicohs@ricoh.be
Ricoh Danmark: order@ricoh.dk
Ricoh Finland: service@ricoh.fi
Ricoh Frankrike: demande.internet@ricoh.fr
Ricoh Tyskland: OneRicoh@service.ricoh.de
Ricoh Ungarn: szerviz@ricoh.hu
Ricoh Irland: OneRicoh@ricoh.ie
Ricoh Italia: supporto.OneRicoh@ricoh.it
Ricoh Luxembourg: support@ricoh.lu
Ricoh Nederland: customer.control@ricoh.nl
Ricoh Norge: kundesenter@ricoh.no
Ricoh Polen: service@ricoh.pl
Ricoh Portugal: OneRicoh@ricoh.pt
Ricoh Sør-Afrika: OneRicoh@ricoh.co.za
Ricoh Spania: cac@ricoh.es
Ricoh Sverige: kundservice@ricoh.se
Ricoh Sveits: servicedesk_OneRicoh@ricoh.ch
Ricoh Storbritannia: OneRicoh@ricoh.co.uk
Ricoh Tyrkia: servis@ricoh.com.tr
`

// contactsOf reads lines such as "Ricoh Norge: +47 22587800", of which some lack the colon, into country to values.
// Only white space around a value is dropped.
func contactsOf(text string) map[string][]string {
	found := make(map[string][]string)
	names := make(map[string]bool)
	for _, c := range support.All() {
		names[c.Name("nb")] = true
	}
	for line := range strings.Lines(text) {
		_, rest, ok := strings.Cut(strings.TrimSpace(line), "Ricoh ")
		country, value, spaced := strings.Cut(rest, " ")
		country = strings.TrimSuffix(country, ":")
		if ok && spaced && strings.HasPrefix(line, "Ricoh ") && names[country] {
			found[country] = append(found[country], strings.TrimSpace(value))
		}
	}
	return found
}

func compare(t *testing.T, found map[string][]string) {
	t.Helper()
	if len(found) != 20 || len(support.All()) != 20 {
		t.Errorf("%d countries were published, we have %d", len(found), len(support.All()))
	}
	for _, c := range support.All() {
		if want := []string{c.Phone, c.Email}; !slices.Equal(found[c.Name("nb")], want) {
			t.Errorf("%s: published %q, ours %q", c.Country, found[c.Name("nb")], want)
		}
	}
}

func TestContactsAreAsPublished(t *testing.T) {
	t.Parallel()
	compare(t, contactsOf(strings.ReplaceAll(published, "~", "\u00a0")))
}

// TestContactsAreAsInTheSeed reads the file that the contacts were taken from, where it is beside the project.
func TestContactsAreAsInTheSeed(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "seed", "onericoh-portal.no.txt"))
	if err != nil {
		t.Skipf("the text the contacts come from is not beside the project: %v", err)
	}
	compare(t, contactsOf(string(raw)))
}

func TestContacts(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range support.All() {
		if seen[c.Country] || len(c.Country) != 2 || c.Name("en") == "" || !strings.Contains(c.Email, "@") {
			t.Errorf("contact %+v", c)
		}
		seen[c.Country] = true
		if again, ok := support.Of(c.Country); !ok || again.Phone != c.Phone {
			t.Errorf("Of(%s) = %+v, %t", c.Country, again, ok)
		}
	}
	if _, ok := support.Of("XX"); ok {
		t.Error("there is a contact for XX")
	}
	for country, want := range map[string]string{"NO": "+4722587800", "AT": "+435742646000", "ES": "902700000", "IT": "8480009948", "TR": "+902123709600"} {
		if c, _ := support.Of(country); c.Dial() != want {
			t.Errorf("%s is dialled %s, want %s", country, c.Dial(), want)
		}
	}
	if c, _ := support.Of("ZA"); c.Name("nb") != "Sør-Afrika" || c.Name("en") != "South Africa" || c.Name("sv") != "South Africa" {
		t.Errorf("names of ZA: %s, %s", c.Name("nb"), c.Name("en"))
	}
}

func TestOwnFirst(t *testing.T) {
	t.Parallel()
	names := func(country, language string) string {
		var all []string
		for _, c := range support.OwnFirst(country, language) {
			all = append(all, c.Name(language))
		}
		if len(all) != 20 {
			t.Errorf("%d contacts", len(all))
		}
		return strings.Join(append(all[:2:2], all[19]), " ")
	}
	for got, want := range map[string]string{
		names("NO", "nb"): "Norge Belgia Østerrike", names("SE", "en"): "Sweden Austria United Kingdom",
		names("", "nb"): "Belgia Danmark Østerrike", names("AT", "nb"): "Østerrike Belgia Ungarn",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
