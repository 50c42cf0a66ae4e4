package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"
)

// orderLine is a line of an order. Number and names are copies of when it was ordered.
type orderLine struct {
	Supply   string `json:"supply"`
	Quantity int    `json:"quantity"`
	Number   string `json:"number,omitempty"`
	NameNB   string `json:"name_nb,omitempty"`
	NameEN   string `json:"name_en,omitempty"`
}

// maxLines is how many lines an order has at most in a file.
const maxLines = 200

const orderLinesSQL = `coalesce((SELECT jsonb_agg(jsonb_build_object('supply', s.number, 'quantity', l.quantity, 'number', l.supply_number,
		'name_nb', l.name_nb, 'name_en', l.name_en) ORDER BY l.line)::text
	FROM supply_order_lines l JOIN supplies s ON s.id = l.supply_id WHERE l.order_id = t.id), '[]')`

// orderLines reads the lines of an order. What is left out stays empty, until completeLines.
func orderLines(s string) (string, error) {
	lines, err := readLines(s)
	if err != nil {
		return "", refuse("lines_malformed", "", `The lines are no JSON such as [{"supply":"TK-1","quantity":2}].`)
	}
	seen := make(map[string]bool)
	for i := range lines {
		l := &lines[i]
		for _, field := range []struct {
			cell  *string
			limit int
		}{{&l.Supply, 64}, {&l.Number, 64}, {&l.NameNB, 200}, {&l.NameEN, 200}} {
			if *field.cell, err = text(field.limit)(*field.cell); err != nil {
				return "", err
			}
		}
		switch {
		case l.Supply == "" || seen[l.Supply]:
			return "", refuse("lines_supply", "", "Each line has a supply of its own.")
		case l.Quantity < 1 || l.Quantity > 100:
			return "", refuse("lines_quantity", "", "A line is for 1 to 100 pieces.")
		}
		seen[l.Supply] = true
	}
	if len(lines) == 0 || len(lines) > maxLines {
		return "", refuse("lines_count", "", "An order has 1 to %d lines.", maxLines)
	}
	return writeLines(lines)
}

func readLines(s string) ([]orderLine, error) {
	decode := json.NewDecoder(strings.NewReader(s))
	decode.DisallowUnknownFields()
	var lines []orderLine
	if err := decode.Decode(&lines); err != nil {
		return nil, err
	}
	if decode.More() {
		return nil, refuse("lines_malformed", "", "There is text after the lines.")
	}
	return lines, nil
}

func writeLines(lines []orderLine) (string, error) {
	var out bytes.Buffer
	encode := json.NewEncoder(&out)
	encode.SetEscapeHTML(false)
	err := encode.Encode(lines)
	return strings.TrimSuffix(out.String(), "\n"), err
}

// completeLines takes what lines leave out from the supplies of today, and refuses supplies that are not there.
func completeLines(ctx context.Context, tx pgx.Tx, t *table, drafts []*draft) error {
	at := t.at("lines")
	parsed := make([][]orderLine, len(drafts))
	var numbers []string
	for i, d := range drafts {
		lines, err := readLines(d.cells[at])
		if err != nil {
			return err // the parser let it through
		}
		parsed[i] = lines
		for _, l := range lines {
			numbers = append(numbers, l.Supply)
		}
	}
	names, err := pairs(ctx, tx, `SELECT number, name_nb || E'\n' || name_en FROM supplies WHERE number = ANY($1)`, numbers)
	if err != nil {
		return err
	}
	for i, d := range drafts {
		for j := range parsed[i] {
			l := &parsed[i][j]
			nb, en, known := strings.Cut(names[l.Supply], "\n")
			if !known {
				d.refuse("supply_unknown", "lines", "There is no supply %s.", l.Supply)
				continue
			}
			for _, field := range []struct{ cell, today *string }{{&l.Number, &l.Supply}, {&l.NameNB, &nb}, {&l.NameEN, &en}} {
				if *field.cell == "" {
					*field.cell = *field.today
				}
			}
		}
		if d.cells[at], err = writeLines(parsed[i]); err != nil {
			return err
		}
	}
	return nil
}
