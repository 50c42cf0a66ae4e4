import type { Technician, Territory } from '../../gen/utsendt/backoffice/v1/technician_service_pb.js'
import { technicians } from '../clients'

/**
 * The fewest beginnings of postal codes that hold all codes from the first to the last and none of the areas before and
 * after, which may be left out; undefined where codes are not numbers of one length, or more than `most` would be needed.
 */
export function prefixesOf(first: string, last: string, before = '', after = '', most = 40): string[] | undefined {
  const length = first.length
  if (![first, last].every((code) => /^\d{1,9}$/.test(code) && code.length === length)) return undefined
  const number = (code: string, none: number) => (code.length === length && /^\d+$/.test(code) ? Number(code) : none)
  const [low, high] = [number(before, -1) + 1, number(after, 10 ** length) - 1]
  const found: string[] = []
  let at = Number(first)
  while (at <= Number(last)) {
    // The largest block of codes around this one that reaches into no other area.
    let size = 1
    for (let wider = 10; wider <= 10 ** (length - 1); wider *= 10) {
      const from = Math.floor(at / wider) * wider
      if (from < low || from + wider - 1 > high) break
      size = wider
    }
    const from = Math.floor(at / size) * size
    found.push(String(from).padStart(length, '0').slice(0, length - String(size).length + 1))
    if (found.length > most) return undefined
    at = from + size
  }
  return found
}

/** Beginnings that a technician has within an area: those that hold codes of it. */
export function within(territory: string[], first: string, last: string): string[] {
  return territory.filter((prefix) => prefix.padEnd(last.length, '9') >= first && prefix.padEnd(first.length, '0') <= last)
}

/** One area with its neighbours; undefined when no area begins with that code any more. */
export async function areaAt(country: string, first: string): Promise<{ area: Territory; before: string; after: string; everywhere: string[] } | undefined> {
  let before = ''
  for (let pageToken = ''; ; ) {
    const answer = await technicians.listTerritories({ country, pageSize: 100, pageToken })
    const at = answer.territories.findIndex((one) => one.firstPostalCode <= first && first <= one.lastPostalCode)
    const area = answer.territories[at]
    if (area) {
      const next = answer.territories[at + 1] ?? (answer.nextPageToken ? (await technicians.listTerritories({ country, pageSize: 1, pageToken: answer.nextPageToken })).territories[0] : undefined)
      return { area, before: answer.territories[at - 1]?.lastPostalCode ?? before, after: next?.firstPostalCode ?? '', everywhere: answer.everywhereTechnicianNumbers }
    }
    before = answer.territories.at(-1)?.lastPostalCode ?? before
    pageToken = answer.nextPageToken
    if (!pageToken) return undefined
  }
}

/** Every active technician; there are some hundreds. */
export async function allTechnicians(): Promise<Technician[]> {
  const found: Technician[] = []
  for (let pageToken = ''; ; ) {
    const answer = await technicians.listTechnicians({ pageSize: 100, pageToken })
    found.push(...answer.technicians)
    pageToken = answer.nextPageToken
    if (!pageToken) return found
  }
}
