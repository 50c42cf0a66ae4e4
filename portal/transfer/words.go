package transfer

import (
	"slices"
	"strings"

	"utsendt/portal"
)

// counterOrder are the counters in the order in which people are asked.
var counterOrder = []string{"black", "colour", "black_a3", "colour_a3", "scan"}

// counterNames is a list of counters, in the order in which people are asked.
func counterNames(s string) (string, error) {
	s, err := list(oneOf(counterOrder...))(s)
	if err != nil {
		return "", err
	}
	names := strings.Split(s, "|")
	slices.SortFunc(names, func(a, b string) int { return slices.Index(counterOrder, a) - slices.Index(counterOrder, b) })
	return strings.Join(names, "|"), nil
}

// faultCategories is a list of categories of faults, in the order in which people are asked, always with "other".
func faultCategories(s string) (string, error) {
	s, err := list(oneOf(portal.FaultCategories(nil)...))(s)
	if err != nil || s == "" {
		return s, err
	}
	return strings.Join(portal.FaultCategories(strings.Split(s, "|")), "|"), nil
}

var allFaultCategories = strings.Join(portal.FaultCategories(nil), "|")

var supplyKindNames = []string{"toner", "drum", "waste_toner", "staples", "fuser", "other"}

// supplyKinds is a list of kinds of supplies, or the word none: an empty cell is the default.
func supplyKinds(s string) (string, error) {
	if strings.EqualFold(strings.TrimSpace(s), "none") {
		return "none", nil
	}
	return list(oneOf(supplyKindNames...))(s)
}

// modelNames is a list of names, in which a name may hold a bar: \| stands for it, and \\ for a backslash.
func modelNames(s string) (string, error) {
	var names []string
	for _, name := range splitNames(s) {
		name, err := text(100)(name)
		if err != nil {
			return "", err
		}
		if name != "" {
			names = append(names, escapeName(name))
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "|"), nil
}

func escapeName(name string) string { return strings.NewReplacer(`\`, `\\`, "|", `\|`).Replace(name) }

// splitNames takes such a list apart. A backslash before any other letter is just one.
func splitNames(s string) []string {
	var names []string
	var name strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '|' || s[i+1] == '\\'):
			i++
			name.WriteByte(s[i])
		case s[i] == '|':
			names = append(names, name.String())
			name.Reset()
		default:
			name.WriteByte(s[i])
		}
	}
	return append(names, name.String())
}

// modelNamesSQL gives the names of models as modelNames does; links is a table with model_id, and where its condition.
func modelNamesSQL(links, where string) string {
	const escaped = `replace(replace(m.name, '\', '\\'), '|', '\|')`
	return `coalesce((SELECT string_agg(` + escaped + `, '|' ORDER BY ` + escaped + ` COLLATE "C")
		FROM ` + links + ` l JOIN models m ON m.id = l.model_id WHERE ` + where + `), '')`
}
