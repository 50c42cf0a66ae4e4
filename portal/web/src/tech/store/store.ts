/**
 * What the phone remembers, in buckets of values by key. A key begins with the person it belongs to (see keyOf), so that two
 * people who share a phone never see or send each other's things.
 */
export type Bucket = 'operations' | 'files' | 'drafts' | 'jobs' | 'fixes' | 'phone'
export const buckets: Bucket[] = ['operations', 'files', 'drafts', 'jobs', 'fixes', 'phone']

/** A value to keep, or with undefined one to forget. */
export interface Change {
  bucket: Bucket
  key: string
  value: unknown
}

export interface PhoneStore {
  /** False when what is kept ends with the page. */
  readonly lasting: boolean
  get<T>(bucket: Bucket, key: string): Promise<T | undefined>
  /** All values whose keys begin so, in the order of their keys. */
  all<T>(bucket: Bucket, prefix: string): Promise<T[]>
  /** The keys of everybody's values in a bucket, in order. */
  keys(bucket: Bucket): Promise<string[]>
  /** Keeps all of the changes or none. Rejects with a QuotaExceededError when the phone is full. */
  write(changes: Change[]): Promise<void>
  /** A number that no tab has had before, larger than all before it. */
  next(): Promise<number>
  /** Calls back when a store that did not last begins to; gives how to stop that. What it held before is there then, too. */
  onLasting?(callback: () => void): () => void
}

/** Says what becomes of two values of one key: what was on the phone before, and what has been written without knowing of it. */
export type Merge = (bucket: Bucket, before: unknown, written: unknown) => unknown

/** A key of a person's; numbers are padded so that they sort. */
export function keyOf(person: string, ...rest: (string | number)[]): string {
  return [person, ...rest.map((one) => (typeof one === 'number' ? String(one).padStart(12, '0') : one))].join('/')
}

/** True when something was not kept because there is no room. */
export function isFull(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === 'QuotaExceededError'
}
