/** Which page a path stands for. */
export type Destination =
  | { page: 'requests' | 'devices' | 'notifications' | 'account' | 'none' }
  | { page: 'request' | 'report'; id: string }

export function destinationOf(path: string): Destination {
  const [first = '', second, ...rest] = path.split('/').filter(Boolean)
  if (rest.length > 0) return { page: 'none' }
  if (second === undefined) {
    if (first === '' || first === 'requests') return { page: 'requests' }
    if (first === 'devices' || first === 'notifications' || first === 'account') return { page: first }
    return { page: 'none' }
  }
  try {
    const id = decodeURIComponent(second)
    if (first === 'requests') return { page: 'request', id }
    if (first === 'report') return { page: 'report', id }
  } catch {
    // A broken escape is no page of ours.
  }
  return { page: 'none' }
}
