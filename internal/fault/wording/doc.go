// Package wording says what went wrong in the language of whoever reads it.
//
//	text := wording.Text(problem, wording.Choose(header.Get("Accept-Language"), actor.Language))
//
// A fault carries its English sentence itself. The other languages are in catalogue/, one file per language, by the fault's
// reason; {name} stands for the fault's parameter of that name; where the catalogue has words for its value ("state.en_route"), for these.
//
// Guarantees:
//
//   - Whatever is missing, a language, a reason or a parameter, the English sentence is given.
//   - A test reads the whole module's source and fails when a reason has no words in one of the languages, when a catalogue
//     has words that nothing gives, or when words name a parameter that no fault has.
package wording
