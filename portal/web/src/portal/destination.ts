/** Pages without an id, and those that have one in their second part. */
const plain = ['home', 'requests', 'devices', 'notifications', 'account', 'order', 'orders', 'forecast', 'help', 'readings', 'usage', 'register'] as const
const withId = { devices: 'device', address: 'address', requests: 'request', report: 'report', order: 'placeOrder', orders: 'placedOrder', help: 'article' } as const
/** Pages below another whose path is two fixed words; they go before an id. */
const below = { 'readings/bulk': 'bulkReadings' } as const

export type Page = (typeof plain)[number] | (typeof withId)[keyof typeof withId] | (typeof below)[keyof typeof below]

/** Every path of the portal and its page, without the slash in front; * stands for an id. The server knows them by this: see first.ts. */
export const paths: Record<string, Page> = Object.fromEntries([
  ...plain.map((page) => [page === 'home' ? '' : page, page] as const),
  ...Object.entries(withId).map(([first, page]) => [`${first}/*`, page] as const),
  ...Object.entries(below),
])

/** Which page a path stands for, and what it is about: "" where it is about nothing in particular. */
export interface Destination {
  page: Page | 'none'
  id: string
}

export function destinationOf(path: string): Destination {
  const [first = 'home', second, ...rest] = path.split('/').filter(Boolean)
  if (rest.length === 0) {
    if (second === undefined) {
      const page = plain.find((one) => one === first)
      if (page) return { page, id: '' }
    } else if (Object.hasOwn(below, `${first}/${second}`)) {
      return { page: below[`${first}/${second}` as keyof typeof below], id: '' }
    } else if (Object.hasOwn(withId, first)) {
      try {
        return { page: withId[first as keyof typeof withId], id: decodeURIComponent(second) }
      } catch {
        // A broken escape is no page of ours.
      }
    }
  }
  return { page: 'none', id: '' }
}
