package demo

import (
	"fmt"
	"strings"
)

// family is the models whose names begin alike: they take the same supplies and print about as much.
type family struct {
	letter string
	// monthly is how many pages one prints in a month, black and colour together; colour is the share in colour, a3 that
	// on A3, both in percent.
	monthly, colour, a3 int
	// black and colours are how many pages a toner lasts.
	black, colours int
	staples        bool
}

var families = []family{
	{"M", 900, 0, 0, 6000, 0, false},
	{"C", 2600, 35, 0, 18000, 12000, false},
	{"F", 6000, 40, 12, 30000, 22000, true},
	{"P", 24000, 55, 25, 65000, 50000, true},
}

// familyOf gives the family of a model.
func familyOf(model string) family {
	for _, f := range families {
		if strings.HasPrefix(model, "Prøveskriver "+f.letter) {
			return f
		}
	}
	panic("demo: no family for " + model)
}

// models of a family, as the files list them.
func (f family) models() string {
	var names []string
	for _, m := range printerModels {
		if familyOf(m.name).letter == f.letter {
			names = append(names, m.name)
		}
	}
	return strings.Join(names, "|")
}

// toner is the number of a toner.
func (f family) toner(colour string) string {
	return fmt.Sprintf("DEMO-T%s-%s", f.letter, strings.ToUpper(colour[:1]))
}

var colourNames = []struct{ en, nb, shown string }{
	{"black", "svart", "Black"}, {"cyan", "cyan", "Cyan"}, {"magenta", "magenta", "Magenta"}, {"yellow", "gul", "Yellow"},
}

func supplyRows() rows {
	var all rows
	add := func(number, nb, en, kind, colour string, yield int, f family) {
		pages := ""
		if yield > 0 {
			pages = fmt.Sprint(yield)
		}
		all = append(all, []string{number, nb, en, kind, colour, pages, "false", f.models()})
	}
	// Spare parts have their names here, and cannot be ordered.
	for _, p := range parts {
		all = append(all, []string{p.number, p.nb, p.en, p.kind, "", "", "true", ""})
	}
	for _, f := range families {
		for i, c := range colourNames {
			yield := f.black
			if i > 0 {
				yield = f.colours
			}
			if yield > 0 {
				add(f.toner(c.en), "Prøvetoner "+f.letter+" "+c.nb, c.shown+" sample toner "+f.letter, "toner", c.en, yield, f)
			}
		}
		add("DEMO-D"+f.letter, "Prøvetrommel "+f.letter, "Sample drum "+f.letter, "drum", "", 8*f.black, f)
		if f.colours > 0 {
			add("DEMO-W"+f.letter, "Oppsamlingsbeholder "+f.letter, "Waste toner box "+f.letter, "waste_toner", "", 4*f.black, f)
		}
		if f.staples {
			add("DEMO-S"+f.letter, "Stifter "+f.letter+", 5000 stk.", "Staples "+f.letter+", 5,000", "staples", "", 0, f)
		}
	}
	return all
}
