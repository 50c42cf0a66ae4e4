import type { Meter } from '../../gen/utsendt/portal/v1/reading_service_pb.js'

/** Saves text or octets as a file in the browser. */
export function saveFile(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/**
 * A CSV file to fill in, as spreadsheets of the language like it: a row for each device, its serial number and name, and empty cells
 * for the day and for each counter that any of the devices has.
 */
export function template(meters: Meter[], headings: { serial: string; name: string; day: string; reason: string }, counterHeading: (counter: number) => string): string {
  const counters = [...new Set(meters.flatMap((one) => one.counters))].sort((a, b) => a - b)
  // A cell that begins like a formula is not run as one by a spreadsheet.
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const rows = meters.map((one) => [one.serialNumber, one.friendlyName || one.model, '', ...counters.map(() => ''), ''])
  const header = [headings.serial, headings.name, headings.day, ...counters.map(counterHeading), headings.reason]
  return '\uFEFF' + [header, ...rows].map((row) => row.map(cell).join(';')).join('\r\n') + '\r\n'
}
