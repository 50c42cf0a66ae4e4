import type { Draft, Value } from './spec'

/** A field that two people changed, each in another way. */
export interface Conflict {
  name: string
  /** As it was when the form was opened, and as the other made it. */
  was: Value
  theirs: Value
}

export interface Merged {
  draft: Draft
  /** Fields that the other changed and this form did not: they are as the other made them. */
  taken: Conflict[]
  /** Fields that both changed: they are as typed here. */
  conflicts: Conflict[]
}

export function same(one: Value | undefined, other: Value | undefined): boolean {
  return JSON.stringify(one ?? '') === JSON.stringify(other ?? '')
}

/** What was typed over `base` put on what somebody else has made of it meanwhile. Nothing that was typed is lost. */
export function merge(base: Draft, mine: Draft, theirs: Draft): Merged {
  const merged: Merged = { draft: { ...mine }, taken: [], conflicts: [] }
  for (const name of Object.keys(theirs)) {
    const now = theirs[name] as Value
    if (same(base[name], now)) continue
    const change = { name, was: base[name] ?? '', theirs: now }
    if (same(base[name], mine[name])) {
      merged.draft[name] = now
      merged.taken.push(change)
    } else if (!same(mine[name], now)) {
      merged.conflicts.push(change)
    }
  }
  return merged
}
