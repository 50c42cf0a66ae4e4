/** Kinds of things that the trail names, for the filter; the server may name others. */
export const objectKinds = ['account', 'site', 'model', 'contract', 'device', 'technician', 'person', 'registration', 'address_change', 'request', 'order', 'reading', 'article', 'sign_up', 'country']

const folders: Record<string, string> = {
  account: 'customers',
  site: 'sites',
  model: 'models',
  contract: 'contracts',
  device: 'devices',
  technician: 'technicians',
  person: 'people',
  order: 'orders',
}

/** The office's page of a thing in the trail; undefined where it has none by its id. */
export function pageOf(kind: string, id: string): string | undefined {
  const folder = Object.hasOwn(folders, kind) ? folders[kind] : undefined
  return folder && id ? `/board/${folder}/${id}` : undefined
}

/** The beginning of a day of the calendar where the reader is, `after` days later; undefined for what is no day. */
export function dayStart(day: string, after = 0): Date | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (!parts) return undefined
  const at = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + after)
  return Number.isNaN(at.getTime()) ? undefined : at
}
