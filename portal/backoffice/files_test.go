package backoffice_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"utsendt/internal/fault"
	"utsendt/portal/backoffice"
	"utsendt/portal/transfer"
)

// TestImportTellsOfEachRow: a dry run changes nothing; the same file again neither; the trail has counts and the hash.
func TestImportTellsOfEachRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	var file strings.Builder
	file.WriteString("number,name,country\n")
	for i := range 1200 {
		fmt.Fprintf(&file, "I-%04d,Eksempel %d AS,NO\n", i, i)
	}
	file.WriteString("I-9999,,NO\n")
	total := func() int64 { return must(o.Accounts(ctx, w.admin, backoffice.AccountQuery{}))(t).Total }
	before := total()
	rows := map[transfer.Outcome]int{}
	tell := func(r transfer.RowResult) error { rows[r.Outcome]++; return nil }

	dry := must(o.Import(ctx, w.admin, op(), transfer.Accounts, []byte(file.String()), true, tell))(t)
	if dry.Created != 1200 || dry.Refused != 1 || rows[transfer.Created] != 1200 || total() != before {
		t.Fatalf("dry run: %+v, %v, %d accounts", dry, rows, total())
	}
	id := op()
	done := must(o.Import(ctx, w.admin, id, transfer.Accounts, []byte(file.String()), false, nil))(t)
	if done.Created != 1200 || total() != before+1200 || done.SHA256 != dry.SHA256 || done.Repeated {
		t.Fatalf("import: %+v", done)
	}
	again := must(o.Import(ctx, w.admin, id, transfer.Accounts, []byte(file.String()), false, tell))(t)
	if again.Created != 1200 || !again.Repeated {
		t.Errorf("the same operation: %+v", again)
	}
	_, err := o.Import(ctx, w.admin, id, transfer.Accounts, []byte("other"), false, nil)
	wants(t, err, fault.Invalid, "operation_id_reused")
	if same := must(o.Import(ctx, w.admin, op(), transfer.Accounts, []byte(file.String()), false, nil))(t); same.Unchanged != 1200 {
		t.Errorf("the same file: %+v", same)
	}
	trail := must(o.Changes(ctx, w.admin, backoffice.TrailQuery{ObjectKind: "transfer", ObjectID: id}))(t)
	if len(trail.Rows) != 2 || trail.Rows[0].Action != "transfer.import" || trail.Rows[1].Action != "transfer.import_begin" ||
		!strings.Contains(string(trail.Rows[0].After), done.SHA256) || !strings.Contains(string(trail.Rows[0].After), `"created": 1200`) {
		t.Errorf("trail: %+v", trail.Rows)
	}
	// One that breaks off is told of with what it did; the same operation may then be tried again.
	boom, broken := errors.New("the caller is gone"), op()
	_, err = o.Import(ctx, w.admin, broken, transfer.Accounts, []byte("number,name,country\nX-1,Eksempel,NO\n"), false, func(transfer.RowResult) error { return boom })
	if !errors.Is(err, boom) {
		t.Errorf("broken off: %v", err)
	}
	trail = must(o.Changes(ctx, w.admin, backoffice.TrailQuery{ObjectKind: "transfer", ObjectID: broken}))(t)
	if len(trail.Rows) != 2 || !strings.Contains(string(trail.Rows[0].After), `"whole": false`) || !strings.Contains(string(trail.Rows[0].After), `"created": 1`) {
		t.Errorf("trail of what broke off: %+v", trail.Rows)
	}
	_, err = o.Import(ctx, w.admin, op(), "no such kind", []byte("x"), false, nil)
	wants(t, err, fault.Invalid, "kind_unknown")
	_, err = o.Import(ctx, w.admin, op(), transfer.Accounts, make([]byte, backoffice.MaxFile+1), false, nil)
	wants(t, err, fault.Invalid, "file_too_large")
}

// TestExport: what goes out is noted, and whose personal data it was.
func TestExport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, o := t.Context(), w.office
	var out bytes.Buffer
	if err := o.Export(ctx, w.admin, transfer.People, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "sentral") {
		t.Errorf("exported: %s", out.String())
	}
	var all bytes.Buffer
	if err := o.ExportAll(ctx, w.admin, &all); err != nil {
		t.Fatal(err)
	}
	if archive, err := zip.NewReader(bytes.NewReader(all.Bytes()), int64(all.Len())); err != nil || len(archive.File) != len(transfer.Kinds()) {
		t.Errorf("zip: %v", err)
	}
	reads := must(o.Reads(ctx, w.admin, backoffice.TrailQuery{ObjectKind: "person", ObjectID: w.dispatcher.PersonID}))(t)
	if len(reads.Rows) != 2 || reads.Rows[0].Action != "transfer.export.all" || reads.Rows[1].Action != "transfer.export.people" {
		t.Errorf("noted: %+v", reads.Rows)
	}
	if files := must(o.Reads(ctx, w.admin, backoffice.TrailQuery{ObjectKind: "transfer"}))(t); len(files.Rows) != 2 {
		t.Errorf("files: %+v", files.Rows)
	}
	wants(t, o.Export(ctx, w.admin, "no such kind", &out), fault.Invalid, "kind_unknown")
}
