package transfer_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"utsendt/internal/postgres/pgtest"
	"utsendt/portal/transfer"
)

var update = flag.Bool("update", false, "write the tables of docs/import.md anew")

// docMark parts what is written by hand from what is made.
const docMark = "<!-- From here on made by: go test ./portal/transfer -run Document -update -->\n\n"

func TestDocumentIsTrue(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "import.md")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	byHand, made, marked := strings.Cut(string(raw), docMark)
	if !marked {
		t.Fatalf("%s has lost its mark", path)
	}
	if *update {
		if err := os.WriteFile(path, []byte(byHand+docMark+transfer.Document()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if made != transfer.Document() {
		t.Errorf("%s is out of date; run go test ./portal/transfer -run Document -update", path)
	}
}

var notTogether = map[transfer.Kind][]string{
	transfer.People:         {"technician"}, // a customer is no technician
	transfer.AddressChanges: {"decided_at", "decided_by", "decision_reason"},
	transfer.SupplyOrders:   {"delivered_at", "cancelled_at", "cancel_reason"},
}

// TestExamplesImport takes the examples of the documentation together as one fleet.
func TestExamplesImport(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, kind := range transfer.Kinds() {
		var header, row []string
		_, section, _ := strings.Cut(transfer.Document(), "## "+kind.FileName()+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		for line := range strings.Lines(section) {
			line = strings.ReplaceAll(line, `\|`, "\x01")
			if cells := strings.Split(line, "|"); len(cells) == 6 && strings.Contains(cells[4], "`") {
				header = append(header, strings.TrimSpace(cells[1]))
				row = append(row, strings.ReplaceAll(strings.Trim(cells[4], " `"), "\x01", "|"))
			}
		}
		if len(header) != len(transfer.ColumnNames(kind)) {
			t.Fatalf("%s: columns %q", kind, header)
		}
		// Each column has its example, but no row has all of them.
		for i, name := range header {
			if slices.Contains(notTogether[kind], name) {
				row[i] = ""
			}
		}
		var b strings.Builder
		if err := transfer.Write(&b, kind, [][]string{row}); err != nil {
			t.Fatal(err)
		}
		if sum, rows := importText(t, db, kind, b.String()); sum.Created != 1 {
			t.Errorf("%s: %q", kind, rows)
		}
	}
}
