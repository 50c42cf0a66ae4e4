/** Pages without an id, and those that have one in their second part. */
const plain = ['approvals', 'orders', 'customers', 'devices', 'contracts', 'models', 'technicians', 'skills', 'territories', 'people', 'register', 'place-order', 'articles', 'files', 'countries', 'audit', 'notifications'] as const
const withId = {
  orders: 'order',
  customers: 'customer',
  sites: 'site',
  devices: 'device',
  contracts: 'contract',
  models: 'model',
  technicians: 'technician',
  territories: 'territory',
  people: 'person',
  articles: 'article',
} as const

export type Page = 'queue' | (typeof plain)[number] | (typeof withId)[keyof typeof withId]

/** Which page of the office a path stands for, and what it is about: "" where it is about nothing in particular. */
export interface Destination {
  page: Page | 'none'
  id: string
}

export function destinationOf(path: string): Destination {
  const [board, first, second, ...rest] = path.split('/').filter(Boolean)
  if (board !== 'board' || rest.length > 0) return { page: 'none', id: '' }
  if (first === undefined) return { page: 'queue', id: '' }
  if (second === undefined) return { page: plain.find((one) => one === first) ?? 'none', id: '' }
  if (Object.hasOwn(withId, first)) {
    try {
      return { page: withId[first as keyof typeof withId], id: decodeURIComponent(second) }
    } catch {
      // A broken escape is no page of ours.
    }
  }
  return { page: 'none', id: '' }
}
