package support

import (
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collator compares names as people of the language sort them: in Norwegian, Ø and Å stand after Z.
func collator(lang string) func(a, b string) int {
	tag := language.English
	if lang == "nb" {
		tag = language.MustParse("nn") // the library has no table for nb; the alphabet is the same
	}
	return collate.New(tag).CompareString
}
