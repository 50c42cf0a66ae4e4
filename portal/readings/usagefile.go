package readings

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"time"

	"utsendt/internal/identity"
	"utsendt/portal/transfer"
)

// headings of the file of usage, by language.
var headings = map[string][]string{
	"nb": {"Serienummer", "Navn", "Modell", "Sted", "Måned", "Svart/hvitt", "Farge", "A3 svart/hvitt", "A3 farge", "Skanning",
		"Anslått", "Hele måneden", "Siste avlesning"},
	"en": {"Serial number", "Name", "Model", "Site", "Month", "Black and white", "Colour", "A3 black and white", "A3 colour", "Scan",
		"Estimated", "Whole month", "Last reading"},
}

// UsageFile is UsageByDevice as a CSV file in the language of the customer: a row for each device and month of which
// anything is known. It is in UTF-8 with a byte order mark, with semicolons in Norwegian as spreadsheets there expect it, and
// no text in it is run as a formula.
func (s *Service) UsageFile(ctx context.Context, actor identity.Actor, scope Scope) (name string, content []byte, err error) {
	devices, err := s.UsageByDevice(ctx, actor, scope)
	if err != nil {
		return "", nil, err
	}
	first, n, _ := scope.months(s.db.Now())
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	word := map[bool]string{true: "yes", false: "no"}
	heading, label := headings["en"], "usage"
	if actor.Language == "nb" {
		heading, label, w.Comma = headings["nb"], "forbruk", ';'
		word = map[bool]string{true: "ja", false: "nei"}
	}
	if err := w.Write(heading); err != nil {
		return "", nil, fmt.Errorf("readings: writing usage: %w", err)
	}
	for _, d := range devices {
		for _, m := range d.Months {
			if !m.Known {
				continue
			}
			row := []string{
				transfer.GuardFormula(d.SerialNumber), transfer.GuardFormula(d.FriendlyName), transfer.GuardFormula(d.Model),
				transfer.GuardFormula(d.Site), m.Month.String(),
			}
			for _, counter := range AllCounters() {
				cell := ""
				if pages, ok := m.Of[counter]; ok {
					cell = number(pages)
				}
				row = append(row, cell)
			}
			row = append(row, word[m.Estimated], word[m.Whole], d.Until.UTC().Format(time.DateOnly))
			if err := w.Write(row); err != nil {
				return "", nil, fmt.Errorf("readings: writing usage: %w", err)
			}
		}
	}
	if w.Flush(); w.Error() != nil {
		return "", nil, fmt.Errorf("readings: writing usage: %w", w.Error())
	}
	return fmt.Sprintf("%s-%s-%s.csv", label, first, first.Add(n-1)), b.Bytes(), nil
}
