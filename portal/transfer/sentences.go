package transfer

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed sentences.nb.json
var nbJSON []byte

// sentences are formats by language and reason; those in English stand where a row is refused. %[1]v is the first value of the
// English sentence, and so on.
var sentences = map[string]map[string]string{"nb": read(nbJSON)}

// cutOff is the reason of the sentence that follows what is wrong with the last row of a file.
const cutOff = "row_cut_off"

func read(text []byte) map[string]string {
	words := map[string]string{}
	if err := json.Unmarshal(text, &words); err != nil {
		panic(fmt.Sprintf("transfer: sentences: %v", err)) // the file is part of the program
	}
	return words
}

// in is the sentence in a language; English where there are no words.
func (r *refusal) in(language string) string {
	format, end := r.format, " It is the last one; the file may have been cut off here."
	if words := sentences[language]; words[r.reason] != "" {
		format, end = words[r.reason], " "+words[cutOff]
	}
	text := format
	if len(r.args) > 0 {
		text = fmt.Sprintf(format, r.args...)
	}
	if r.last {
		text += end
	}
	return text
}
