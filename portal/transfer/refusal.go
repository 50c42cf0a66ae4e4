package transfer

// refusal says why a row is not taken: a stable reason, the column (or "") and a sentence for people. A remark on a row that is
// taken has the same form.
type refusal struct {
	reason, field, format string
	args                  []any
	// last says that the row is the file's last, which may have been cut off.
	last bool
}

func refuse(reason, field, format string, args ...any) *refusal {
	return &refusal{reason: reason, field: field, format: format, args: args}
}

// remark says something less than a refusal.
func remark(reason, format string, args ...any) *refusal { return refuse(reason, "", format, args...) }

// message is the sentence in English.
func (r *refusal) message() string { return r.in("en") }

// Error makes it an error, for parsers of cells.
func (r *refusal) Error() string { return r.reason + ": " + r.message() }
