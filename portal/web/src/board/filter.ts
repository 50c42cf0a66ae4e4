import type { Request } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { FaultCategory, RequestState } from '../gen/utsendt/dispatch/v1/request_pb.js'
import { dueOf } from './order'

/** What of the queue is shown. Empty parts let everything through; the parts are combined. */
export interface Filter {
  /** Any of these. */
  states: RequestState[]
  due: '' | 'overdue' | 'soon'
  /** Any of these. */
  categories: FaultCategory[]
  /** What the postal code begins with: a region. */
  postal: string
  /** A technician's id, or "none": no technician yet. */
  technician: string
  account: string
  /** Words that all occur. */
  text: string
  /** Only what changed since it was looked at. */
  changed: boolean
}

export const everything: Filter = { states: [], due: '', categories: [], postal: '', technician: '', account: '', text: '', changed: false }

/** A promise that breaks within this many milliseconds is soon. */
export const soonMs = 2 * 3600_000

const stateKeys: [RequestState, string][] = [
  [RequestState.TO_BE_SCHEDULED, 'waiting'],
  [RequestState.DISPATCHED, 'dispatched'],
  [RequestState.EN_ROUTE, 'en_route'],
  [RequestState.ON_SITE, 'on_site'],
]
/** The states that a queue of open requests has, in their order. */
export const openStates = stateKeys.map(([state]) => state)

const categoryKey = (category: FaultCategory) => FaultCategory[category].toLowerCase()

/** The filter of an address. What it does not know, it leaves out: an old or mistyped address shows more, never an error. */
export function readFilter(query: string): Filter {
  const params = new URLSearchParams(query)
  const list = (name: string) => (params.get(name) ?? '').split(',').filter(Boolean)
  const due = params.get('due')
  return {
    states: stateKeys.filter(([, key]) => list('state').includes(key)).map(([state]) => state),
    due: due === 'overdue' || due === 'soon' ? due : '',
    categories: (Object.values(FaultCategory).filter((one) => typeof one === 'number' && one !== 0) as FaultCategory[]).filter((one) => list('category').includes(categoryKey(one))),
    postal: (params.get('postal') ?? '').slice(0, 10),
    technician: params.get('technician') ?? '',
    account: params.get('account') ?? '',
    text: params.get('q') ?? '',
    changed: params.get('changed') === '1',
  }
}

/** The filter as the part of an address after the "?"; the same filter always the same text, and none "". */
export function writeFilter(filter: Filter): string {
  const params = new URLSearchParams()
  if (filter.states.length > 0) params.set('state', stateKeys.filter(([state]) => filter.states.includes(state)).map(([, key]) => key).join(','))
  if (filter.due) params.set('due', filter.due)
  if (filter.categories.length > 0) params.set('category', [...filter.categories].sort((a, b) => a - b).map(categoryKey).join(','))
  if (filter.postal) params.set('postal', filter.postal)
  if (filter.technician) params.set('technician', filter.technician)
  if (filter.account) params.set('account', filter.account)
  if (filter.text.trim()) params.set('q', filter.text.trim())
  if (filter.changed) params.set('changed', '1')
  // Commas read better in an address than %2C, and are allowed there.
  return params.toString().replaceAll('%2C', ',')
}

const texts = new WeakMap<Request, string>()

/** What the text search looks through. A request is never changed in place: made once. */
function textOf(one: Request): string {
  let text = texts.get(one)
  if (text === undefined) {
    const { device, place, visit, contact } = one
    text = [one.number, one.accountName, device?.friendlyName, device?.model, device?.serialNumber, place?.line1, place?.line2, place?.postalCode, place?.city, visit?.technicianName, contact?.name, one.description]
      .filter(Boolean).join(' ').toLowerCase()
    texts.set(one, text)
  }
  return text
}

export interface Surroundings {
  now: number
  changed: (one: Request) => boolean
}

/** Each part of a filter as a question of its own, so that one can be left out to count what it would let through. */
type Part = 'states' | 'due' | 'categories' | 'postal' | 'technician' | 'account' | 'text' | 'changed'

function questions(filter: Filter, { now, changed }: Surroundings): [Part, (one: Request) => boolean][] {
  const asked: [Part, (one: Request) => boolean][] = []
  const { states, categories, postal, technician, account } = filter
  if (states.length > 0) asked.push(['states', (one) => states.includes(one.state)])
  if (filter.due === 'overdue') asked.push(['due', (one) => dueOf(one) < now])
  if (filter.due === 'soon') asked.push(['due', (one) => dueOf(one) >= now && dueOf(one) < now + soonMs])
  if (categories.length > 0) asked.push(['categories', (one) => categories.includes(one.category)])
  if (postal) asked.push(['postal', (one) => one.place?.postalCode.startsWith(postal) ?? false])
  if (technician === 'none') asked.push(['technician', (one) => !one.visit])
  else if (technician) asked.push(['technician', (one) => one.visit?.technicianId === technician])
  if (account) asked.push(['account', (one) => one.accountId === account])
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length > 0) asked.push(['text', (one) => words.every((word) => textOf(one).includes(word))])
  if (filter.changed) asked.push(['changed', changed])
  return asked
}

/** A test of whether a request is shown. */
export function matcher(filter: Filter, surroundings: Surroundings): (one: Request) => boolean {
  const asked = questions(filter, surroundings).map(([, ask]) => ask)
  return (one) => asked.every((ask) => ask(one))
}

/** How many requests each choice would show, given the other parts of the filter; the names of those that have names. */
export interface Counts {
  states: Map<RequestState, number>
  overdue: number
  soon: number
  changed: number
  categories: Map<FaultCategory, number>
  /** By the first two characters of the postal code, with a city of it. */
  postal: Map<string, { n: number; name: string }>
  technicians: Map<string, { n: number; name: string }>
  noTechnician: number
  accounts: Map<string, { n: number; name: string }>
}

export function count(requests: readonly Request[], filter: Filter, surroundings: Surroundings): Counts {
  const asked = questions(filter, surroundings)
  const counts: Counts = {
    states: new Map(), overdue: 0, soon: 0, changed: 0, categories: new Map(), postal: new Map(), technicians: new Map(), noTechnician: 0, accounts: new Map(),
  }
  const { now, changed } = surroundings
  const add = (map: Counts['accounts'], key: string, name: string) => {
    const known = map.get(key)
    if (known) known.n++
    else map.set(key, { n: 1, name })
  }
  for (const one of requests) {
    let refusedBy: Part | undefined
    let twice = false
    for (const [part, ask] of asked) {
      if (ask(one)) continue
      twice = refusedBy !== undefined
      refusedBy ??= part
      if (twice) break
    }
    if (twice) continue
    const counted = (part: Part) => refusedBy === undefined || refusedBy === part
    if (counted('states')) counts.states.set(one.state, (counts.states.get(one.state) ?? 0) + 1)
    if (counted('due')) {
      const left = dueOf(one) - now
      if (left < 0) counts.overdue++
      else if (left < soonMs) counts.soon++
    }
    if (counted('categories')) counts.categories.set(one.category, (counts.categories.get(one.category) ?? 0) + 1)
    if (counted('postal') && one.place?.postalCode) add(counts.postal, one.place.postalCode.slice(0, 2), one.place.city)
    if (counted('technician')) {
      if (one.visit) add(counts.technicians, one.visit.technicianId, one.visit.technicianName)
      else counts.noTechnician++
    }
    if (counted('account')) add(counts.accounts, one.accountId, one.accountName)
    if (counted('changed') && changed(one)) counts.changed++
  }
  return counts
}
