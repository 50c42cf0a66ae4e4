package transfer

// instantSQL gives a moment as the parser instant does; "" for none.
func instantSQL(expression string) string {
	return `coalesce(regexp_replace(to_char(` + expression + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '\.?0+$', '') || 'Z', '')`
}

// momentSQL reads a cell of instant; NULL for an empty one.
func momentSQL(cell string) string { return `nullif(` + cell + `, '')::timestamptz` }

// momentOrNowSQL is the time of the import for an empty cell.
func momentOrNowSQL(cell string) string { return `coalesce(` + momentSQL(cell) + `, r.now)` }
