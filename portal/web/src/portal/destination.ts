/** Pages without an id, and those that have one in their second part. */
const plain = ['home', 'requests', 'devices', 'notifications', 'account', 'order', 'orders', 'forecast', 'help'] as const
const withId = { requests: 'request', report: 'report', order: 'placeOrder', orders: 'placedOrder', help: 'article' } as const

export type Page = (typeof plain)[number] | (typeof withId)[keyof typeof withId]

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
