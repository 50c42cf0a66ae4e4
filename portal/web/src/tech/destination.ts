/** Which page of the technician's app a path stands for. */
export type Destination =
  | { page: 'today' | 'changes' | 'phone' | 'none' }
  | { page: 'job' | 'finish' | 'decline'; requestId: string }
  | { page: 'guide'; requestId: string; slug: string }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function destinationOf(path: string): Destination {
  const [app, first, requestId = '', step, slug, ...rest] = path.split('/').filter(Boolean)
  if (app !== 'tech' || rest.length > 0) return { page: 'none' }
  if (first === undefined) return { page: 'today' }
  if ((first === 'changes' || first === 'phone') && !requestId) return { page: first }
  if (first !== 'jobs') return { page: 'none' }
  if (!requestId) return { page: 'today' }
  if (!uuid.test(requestId)) return { page: 'none' }
  if (step === undefined) return { page: 'job', requestId }
  if ((step === 'finish' || step === 'decline') && slug === undefined) return { page: step, requestId }
  try {
    return step === 'guide' && slug ? { page: 'guide', requestId, slug: decodeURIComponent(slug) } : { page: 'none' }
  } catch {
    return { page: 'none' } // A broken escape is no page of ours.
  }
}
