package backoffice_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/portal"
)

// What staff write about a site stands in its trail, reaches the technician who goes there, and nobody who goes elsewhere.
func TestNotesOfASite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	notes := portal.SiteNotes(w.db.DB)
	there := dispatch.Place{Line1: strings.ToUpper(w.site.Line1), PostalCode: w.site.PostalCode, Country: w.site.Country}
	if text, err := notes(ctx, w.device.ID, there); err != nil || text != "" {
		t.Errorf("before: %q %v", text, err)
	}
	before := w.lines(t, w.site.ID)
	f := w.site.SiteFields
	f.Notes = "  Inngang bak.\r\nNøkkel i resepsjonen.\n"
	site := must(w.office.UpdateSite(ctx, w.dispatcher, op(), w.site.ID, w.site.Revision(), f))(t)
	const want = "Inngang bak.\nNøkkel i resepsjonen."
	if site.Notes != want || w.lines(t, w.site.ID) != before+1 {
		t.Errorf("%q with %d lines in the trail", site.Notes, w.lines(t, w.site.ID)-before)
	}
	var trail string
	if err := w.db.NewRaw("SELECT after->>'notes' FROM audit_trail WHERE object_id = ? ORDER BY at DESC LIMIT 1", w.site.ID).Scan(ctx, &trail); err != nil || trail != want {
		t.Errorf("the trail says %q: %v", trail, err)
	}
	if text, err := notes(ctx, w.device.ID, there); err != nil || text != want {
		t.Errorf("the technician reads %q: %v", text, err)
	}
	elsewhere := there
	elsewhere.Line1 = "Eksempelstien 99"
	for name, ask := range map[string]struct {
		device uuid.UUID
		place  dispatch.Place
	}{"another address": {w.device.ID, elsewhere}, "no such device": {uuid.New(), there}} {
		if text, err := notes(ctx, ask.device, ask.place); err != nil || text != "" {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
}
