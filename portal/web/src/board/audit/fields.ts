import type { JsonValue } from '@bufbuild/protobuf'

/** A field of a line of the audit trail; "address.city" is the city within the address. Undefined where it is not there. */
export function fieldOf(value: JsonValue | undefined, field: string): JsonValue | undefined {
  let at: JsonValue | undefined = value
  for (const part of field === '' ? [] : field.split('.')) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, part)) return undefined
    at = at[part]
  }
  return at
}

/** A value as people read it: texts as they are, nothing as a dash, what has parts as JSON. */
export function plain(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
