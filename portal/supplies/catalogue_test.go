package supplies_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/supplies"
)

func TestCatalogueHoldsWhatFitsAndIsIncluded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, err := w.s.Catalogue(t.Context(), w.Customer, w.device.ID)
	if err != nil {
		t.Fatal(err)
	}
	var ids []uuid.UUID
	for _, o := range c.Offers {
		ids = append(ids, o.ID)
		if o.Last != nil || o.Open != nil {
			t.Errorf("%s was ordered before anything was: %+v", o.Number, o)
		}
	}
	if !slices.Equal(ids, []uuid.UUID{w.black, w.cyan}) || c.Reason != "" || c.ContractNumber == "" || c.Address.Line1 != "Eksempelgata 1" ||
		c.Address.Name != "Eksempel AS" || c.Country != "NO" || *c.Offers[0].Yield != 10_000 || c.Offers[0].Name("nb") == c.Offers[0].Name("en") {
		t.Errorf("%+v", c)
	}

	delivered := w.bring(t, w.place(t), supplies.Delivered)
	w.Clock.Forward(time.Hour)
	open := w.place(t)
	if c, err = w.s.Catalogue(t.Context(), w.Customer, w.device.ID); err != nil {
		t.Fatal(err)
	}
	black := c.Offers[0]
	if black.Last == nil || black.Last.Number != open.Number || len(black.Open) != 1 || black.Open[0].OrderID != open.ID || black.Open[0].Quantity != 1 {
		t.Errorf("after %s and %s: %+v", delivered.Number, open.Number, black)
	}
	if c.Offers[1].Last != nil || c.Offers[1].Open != nil {
		t.Errorf("cyan was never ordered: %+v", c.Offers[1])
	}
	w.bring(t, open, supplies.Cancelled)
	if c, err = w.s.Catalogue(t.Context(), w.Customer, w.device.ID); err != nil || c.Offers[0].Last.Number != delivered.Number || c.Offers[0].Open != nil {
		t.Errorf("what was cancelled was not ordered: %+v %v", c.Offers[0], err)
	}
}

// TestStaffSeeTheCatalogueOfAnyDevice: the same as its customer, by serial number as it is read out on the phone; and nobody else.
func TestStaffSeeTheCatalogueOfAnyDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own, err := w.s.Catalogue(t.Context(), w.Customer, w.device.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.s.CatalogueFor(t.Context(), w.Dispatcher, " "+strings.ToLower(w.device.SerialNumber))
	if err != nil || !reflect.DeepEqual(own, got) {
		t.Errorf("staff see %+v %v, the customer %+v", got, err, own)
	}
	if _, err := w.s.CatalogueFor(t.Context(), w.Dispatcher, "NO-SUCH-1"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of no device: %v", err)
	}
	for _, actor := range []identity.Actor{w.Customer, {}} {
		if _, err := w.s.CatalogueFor(t.Context(), actor, w.device.SerialNumber); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", actor.Role, err)
		}
	}
}

func TestCatalogueSaysWhyItIsEmpty(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	look := func(reason, contract string) {
		t.Helper()
		c, err := w.s.Catalogue(t.Context(), w.Customer, w.device.ID)
		if err != nil || len(c.Offers) != 0 || c.Reason != reason || (c.ContractNumber == "") != (contract == "") || c.Address.City == "" {
			t.Errorf("want %s: %+v %v", reason, c, err)
		}
	}
	w.exec(t, `UPDATE contracts SET supply_kinds = '{staples}' WHERE id = ?`, w.contract)
	look(supplies.NothingIncluded, "x")
	w.exec(t, `UPDATE contracts SET ends_on = '2021-01-01' WHERE id = ?`, w.contract)
	look(supplies.ContractNone, "")
	w.exec(t, `UPDATE devices SET contract_id = NULL WHERE id = ?`, w.device.ID)
	look(supplies.ContractNone, "")
	w.exec(t, `UPDATE devices SET contract_id = ? WHERE id = ?`, w.contract, w.device.ID)
	w.exec(t, `UPDATE contracts SET ends_on = NULL WHERE id = ?`, w.contract)
	w.exec(t, `DELETE FROM supply_models`)
	look(supplies.NothingFits, "x")
	if _, err := w.s.Place(t.Context(), w.Customer, uuid.New(), w.wish()); fault.ReasonOf(err) != "supply_unfit" {
		t.Error(err)
	}
}
