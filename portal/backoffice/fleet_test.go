package backoffice_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"utsendt/dispatch"
	"utsendt/internal/fault"
	"utsendt/internal/identity"
	"utsendt/portal/backoffice"
)

func TestCreateTidiesAndCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if w.site.PostalCode != "0150" || len(w.model.Skills) != 2 || w.model.Skills[0] != "colour-a3" {
		t.Errorf("not tidied: %+v %v", w.site, w.model.Skills)
	}
	w.open(t, w.device)
	w.customer(t, "kunde", w.account.ID)
	a := must(w.office.Account(t.Context(), w.dispatcher, w.account.ID))(t)
	if a.Sites != 2 || a.Devices != 1 || a.Contracts != 1 || a.People != 1 || a.OpenRequests != 1 {
		t.Errorf("counts: %+v", a)
	}
	d := must(w.office.Device(t.Context(), w.dispatcher, w.device.ID))(t)
	if d.OpenNumber == "" || d.AccountID != w.account.ID || d.ContractNumber != "AV-1" || d.City != "Oslo" || d.ModelName != "Polar C300" {
		t.Errorf("device: %+v", d)
	}
	life := must(w.office.DeviceLife(t.Context(), w.dispatcher, d.ID))(t)
	if life.Requests != 1 || life.Orders != 0 {
		t.Errorf("life: %+v", life)
	}
}

func TestNaturalKeysAreUnique(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	_, err := o.CreateAccount(ctx, w.dispatcher, op(), backoffice.AccountFields{Number: " K-1 ", Name: "x", Country: "NO", Language: "nb"})
	if f := wants(t, err, fault.Exists, "number_taken"); f.Field != "fields.number" {
		t.Errorf("field %q", f.Field)
	}
	_, err = o.CreateSite(ctx, w.dispatcher, op(), siteFields(w.account.ID, "01"))
	wants(t, err, fault.Exists, "number_taken")
	must(o.CreateSite(ctx, w.dispatcher, op(), siteFields(w.other.ID, "02")))(t) // another account's number
	_, err = o.CreateDevice(ctx, w.dispatcher, op(), backoffice.DeviceFields{SerialNumber: " demo-1", ModelID: w.model.ID}, w.site.ID, uuid.Nil)
	wants(t, err, fault.Exists, "serial_number_taken")
	_, err = o.CreateModel(ctx, w.dispatcher, op(), w.model.ModelFields)
	wants(t, err, fault.Exists, "name_taken")
	_, err = o.CreateContract(ctx, w.admin, op(), w.contract.ContractFields)
	wants(t, err, fault.Exists, "number_taken")
	_, err = o.CreateSite(ctx, w.dispatcher, op(), siteFields(uuid.New(), "01"))
	wants(t, err, fault.NotFound, "account_not_found")
	_, err = o.CreateAccount(ctx, w.dispatcher, op(), backoffice.AccountFields{Number: " ", Name: "x", Country: "NO", Language: "nb"})
	wants(t, err, fault.Invalid, "field_missing")
}

// TestFaultCategoriesOfAModel: all unless told, in the order in which people are asked, and anything can be otherwise wrong.
func TestFaultCategoriesOfAModel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	if len(w.model.Categories) != len(dispatch.Categories) {
		t.Errorf("a new model has %v", w.model.Categories)
	}
	f := w.model.ModelFields
	f.Categories = dispatch.Texts{string(dispatch.Noise), "no category", string(dispatch.PaperJam), string(dispatch.Noise)}
	want := dispatch.Texts{string(dispatch.PaperJam), string(dispatch.Noise), string(dispatch.OtherFault)}
	if m := must(o.UpdateModel(ctx, w.dispatcher, op(), w.model.ID, w.model.Revision(), f))(t); !slices.Equal(m.Categories, want) {
		t.Errorf("updated: %v", m.Categories)
	}
	m := must(o.Model(ctx, w.dispatcher, w.model.ID))(t)
	if listed := must(o.Models(ctx, w.dispatcher, backoffice.ModelQuery{}))(t).Rows; !slices.Equal(m.Categories, want) || !slices.Equal(listed[0].Categories, want) {
		t.Errorf("read: %v, listed: %v", m.Categories, listed[0].Categories)
	}
	_, err := o.UpdateModel(ctx, w.dispatcher, op(), m.ID, w.model.Revision(), f)
	if f := wants(t, err, fault.Stale, "revision_stale"); f.Params["fields"] != "categories" {
		t.Errorf("changed fields: %v", f.Params)
	}
	f = m.ModelFields
	f.Name, f.Categories = "Polar C301", dispatch.Texts{string(dispatch.OtherFault)}
	if m := must(o.CreateModel(ctx, w.dispatcher, op(), f))(t); !slices.Equal(m.Categories, f.Categories) {
		t.Errorf("created: %v", m.Categories)
	}
}

// TestStaleSaysWhatChanged: of two who saw the same, the second is told which field the first changed, and nothing is lost.
func TestStaleSaysWhatChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	seen := w.account.Revision()
	mine, theirs := w.account.AccountFields, w.account.AccountFields
	mine.Name, theirs.Language = "Mitt AS", "en"
	before := w.lines(t, w.account.ID)
	changed := must(o.UpdateAccount(ctx, w.dispatcher, op(), w.account.ID, seen, mine))(t)
	if changed.Name != "Mitt AS" || changed.Revision() == seen || w.lines(t, w.account.ID) != before+1 {
		t.Errorf("changed: %+v", changed)
	}
	_, err := o.UpdateAccount(ctx, w.dispatcher, op(), w.account.ID, seen, theirs)
	if f := wants(t, err, fault.Stale, "revision_stale"); f.Params["fields"] != "name" {
		t.Errorf("changed fields: %v", f.Params)
	}
	// A change by another way, an import for example, is noticed all the same.
	w.exec(t, "UPDATE accounts SET country = 'SE' WHERE id = ?", w.account.ID)
	_, err = o.UpdateAccount(ctx, w.dispatcher, op(), w.account.ID, changed.Revision(), theirs)
	if f := wants(t, err, fault.Stale, "revision_stale"); f.Params["fields"] != "country" {
		t.Errorf("changed fields: %v", f.Params)
	}
	// What changes nothing leaves no line.
	now := must(o.Account(ctx, w.dispatcher, w.account.ID))(t)
	before = w.lines(t, w.account.ID)
	must(o.UpdateAccount(ctx, w.dispatcher, op(), w.account.ID, now.Revision(), now.AccountFields))(t)
	if w.lines(t, w.account.ID) != before {
		t.Error("nothing was changed, and yet there is a line")
	}
}

// TestOfTwoAtOnceOneWins: ten who saw the same change it at once.
func TestOfTwoAtOnceOneWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var group sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 10 {
		group.Go(func() {
			f := w.site.SiteFields
			f.Name = serial(i)
			_, err := w.office.UpdateSite(t.Context(), w.dispatcher, op(), w.site.ID, w.site.Revision(), f)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if fault.KindOf(err) != fault.Stale {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

func TestSameOperationOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o, id := t.Context(), w.office, op()
	f := backoffice.AccountFields{Number: "K-9", Name: "Ni AS", Country: "NO", Language: "nb"}
	first := must(o.CreateAccount(ctx, w.dispatcher, id, f))(t)
	again := must(o.CreateAccount(ctx, w.dispatcher, id, f))(t)
	if first.ID != again.ID || again.Name != "Ni AS" || w.lines(t, first.ID) != 1 {
		t.Errorf("%+v, again %+v", first, again)
	}
	f.Name = "Ti AS"
	_, err := o.CreateAccount(ctx, w.dispatcher, id, f)
	wants(t, err, fault.Invalid, "operation_id_reused")
}

// TestListsPageAndSearch: pages of every size make the same list, with the right total, and letters have no meaning.
func TestListsPageAndSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	for i := range 11 {
		w.newDevice(t, serial(i))
	}
	for _, size := range []int{1, 3, 12, 100} {
		seen := map[string]bool{}
		query := backoffice.DeviceQuery{Page: backoffice.Page{Size: size}}
		for {
			found := must(o.Devices(ctx, w.dispatcher, query))(t)
			if found.Total != 12 {
				t.Fatalf("total %d", found.Total)
			}
			for _, d := range found.Rows {
				if seen[d.SerialNumber] {
					t.Fatalf("%s twice", d.SerialNumber)
				}
				seen[d.SerialNumber] = true
			}
			if query.Page.Token = found.Next; found.Next == "" {
				break
			}
		}
		if len(seen) != 12 {
			t.Errorf("%d by pages of %d", len(seen), size)
		}
	}
	for query, want := range map[string]int64{"demo-003": 1, "polar oslo": 12, "av-1 EKSEMPEL": 12, "%": 0, "_": 0, "nobody": 0, "": 12} {
		if got := must(o.Devices(ctx, w.dispatcher, backoffice.DeviceQuery{Text: query}))(t).Total; got != want {
			t.Errorf("%q finds %d, want %d", query, got, want)
		}
	}
	if n := must(o.Sites(ctx, w.dispatcher, backoffice.SiteQuery{AccountID: w.account.ID}))(t).Total; n != 2 {
		t.Errorf("%d sites", n)
	}
	if n := must(o.Contracts(ctx, w.dispatcher, backoffice.ContractQuery{Text: "to as"}))(t).Total; n != 1 {
		t.Errorf("%d contracts", n)
	}
	if n := must(o.Models(ctx, w.dispatcher, backoffice.ModelQuery{Skill: "finisher"}))(t).Total; n != 1 {
		t.Errorf("%d models", n)
	}
	if n := must(o.Accounts(ctx, w.dispatcher, backoffice.AccountQuery{Country: "SE"}))(t).Total; n != 0 {
		t.Errorf("%d accounts", n)
	}
	_, err := o.Devices(ctx, w.dispatcher, backoffice.DeviceQuery{Page: backoffice.Page{Token: "WyJcdTAwMDAiLCIiXQ"}})
	wants(t, err, fault.Invalid, "page_token_malformed")
}

// TestNobodyElse: customers and technicians get nothing of it, and dispatchers not what is for admins.
func TestNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	for _, role := range []identity.Role{"", identity.RoleCustomer, identity.RoleTechnician, identity.RoleSystem, identity.RoleDispatcher} {
		actor := identity.Actor{PersonID: uuid.New(), Role: role, AccountID: w.account.ID}
		calls := map[string]error{}
		call := func(name string, err error) { calls[name] = err }
		_, err := o.People(ctx, actor, backoffice.PersonQuery{})
		call("people", err)
		_, err = o.Person(ctx, actor, w.admin.PersonID)
		call("person", err)
		_, err = o.CreatePerson(ctx, actor, op(), "x", backoffice.PersonFields{})
		call("create person", err)
		_, err = o.SetPersonEnabled(ctx, actor, op(), w.admin.PersonID, false)
		call("disable", err)
		_, err = o.CreateContract(ctx, actor, op(), w.contract.ContractFields)
		call("create contract", err)
		_, err = o.UpdateContract(ctx, actor, op(), w.contract.ID, w.contract.Revision(), w.contract.ContractFields)
		call("update contract", err)
		call("delete contract", o.Delete(ctx, actor, op(), "contract", w.contract.ID))
		_, err = o.Import(ctx, actor, op(), "accounts", []byte("x"), false, nil)
		call("import", err)
		call("export", o.Export(ctx, actor, "accounts", nil))
		call("export all", o.ExportAll(ctx, actor, nil))
		_, err = o.Reads(ctx, actor, backoffice.TrailQuery{})
		call("reads", err)
		_, err = o.Changes(ctx, actor, backoffice.TrailQuery{})
		call("all changes", err)
		_, err = o.Changes(ctx, actor, backoffice.TrailQuery{ObjectKind: "person", ObjectID: w.admin.PersonID})
		call("changes of a person", err)
		if role != identity.RoleDispatcher {
			_, err = o.Accounts(ctx, actor, backoffice.AccountQuery{})
			call("accounts", err)
			_, err = o.Device(ctx, actor, w.device.ID)
			call("device", err)
			_, err = o.RetireDevice(ctx, actor, op(), w.device.ID, w.device.Revision(), true)
			call("retire", err)
			_, err = o.MoveDevice(ctx, actor, op(), backoffice.Move{ID: w.device.ID, Revision: w.device.Revision(), SiteID: w.elsewhere.ID})
			call("move", err)
			_, err = o.Skills(ctx, actor)
			call("skills", err)
			_, err = o.RenameSkill(ctx, actor, op(), "finisher", "x", false)
			call("rename", err)
			_, err = o.Territories(ctx, actor, "NO", backoffice.Page{})
			call("territories", err)
			_, err = o.Changes(ctx, actor, backoffice.TrailQuery{ObjectKind: "device", ObjectID: w.device.ID})
			call("changes of a device", err)
		}
		for name, err := range calls {
			if fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s as %q: %v", name, role, err)
			}
		}
	}
	if d := must(o.Device(ctx, w.dispatcher, w.device.ID))(t); d.Revision() != w.device.Revision() {
		t.Error("something happened all the same")
	}
}

// TestDeleteOnlyWhatHasNoHistory: what something hangs on stays, and says what; what was made by mistake goes.
func TestDeleteOnlyWhatHasNoHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	for kind, id := range map[string]uuid.UUID{"account": w.account.ID, "site": w.site.ID, "model": w.model.ID, "contract": w.contract.ID} {
		if f := wants(t, o.Delete(ctx, w.admin, op(), kind, id), fault.WrongState, "in_use"); f.Params["by"] == "" {
			t.Errorf("%s: nothing said of what holds it", kind)
		}
	}
	again := w.open(t, w.device)
	must(w.dispatch.Cancel(ctx, w.dispatcher, dispatchOp(), again.ID, 0, "x"))(t)
	if f := wants(t, o.Delete(ctx, w.dispatcher, op(), "device", w.device.ID), fault.WrongState, "in_use"); f.Params["by"] != "service requests" {
		t.Errorf("held by %q", f.Params["by"])
	}
	mistake := w.newDevice(t, "MISTAKE")
	if err := o.Delete(ctx, w.dispatcher, op(), "device", mistake.ID); err != nil {
		t.Fatal(err)
	}
	if w.lines(t, mistake.ID) != 2 {
		t.Error("making and removing leave a line each")
	}
	wants(t, o.Delete(ctx, w.dispatcher, op(), "device", mistake.ID), fault.NotFound, "device_not_found")
	if err := o.Delete(ctx, w.dispatcher, op(), "site", w.elsewhere.ID); err != nil {
		t.Fatal(err)
	}
	wants(t, o.Delete(ctx, w.dispatcher, op(), "people", w.admin.PersonID), fault.Invalid, "kind_unknown")
}
