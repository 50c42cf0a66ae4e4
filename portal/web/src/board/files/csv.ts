/** A CSV file of rows, as spreadsheets of Norway and most of Europe open it; no cell is run as a formula. */
export function csvOf(header: string[], rows: (string | number | bigint)[][]): string {
  const cell = (value: string | number | bigint) => {
    const text = String(value)
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return '\uFEFF' + [header, ...rows].map((row) => row.map(cell).join(';')).join('\r\n') + '\r\n'
}

/** Serial numbers as people paste them, one a line or with commas between, as a file of one column; empty without any. */
export function serialFile(pasted: string): string {
  const serials = pasted.split(/[\n\r,;\t]+/).map((one) => one.trim()).filter(Boolean)
  return serials.length === 0 ? '' : csvOf(['serial_number'], serials.map((one) => [one])).replace('\uFEFF', '')
}

/** The pieces of a stream as one file. */
export function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
