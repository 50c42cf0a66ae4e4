import { OperationId } from '../api/operation'
import { keptDraft, keptIn } from './kept'

/**
 * What is typed in a form, kept in this tab until it is sent: a reload, the back button or a session that ended loses nothing, and what was
 * sent without an answer keeps its operation id, so that it takes effect once. Never for passwords. Called while a component is made.
 */
export function keepTyped<T extends object>(name: string, fresh: T) {
  const kept = keptIn(`utsendt.${name}`)
  const untouched = JSON.stringify(fresh)
  const draft = $state(keptDraft(kept, fresh))
  $effect(() => {
    const text = JSON.stringify(draft)
    kept.part('draft').write(text === untouched ? null : text)
  })
  return { draft: draft as T, operation: new OperationId(undefined, kept.part('operation')), clear: () => kept.clear() }
}

/** Whether something that was typed there waits for being sent. */
export function hasTyped(name: string): boolean {
  return keptIn(`utsendt.${name}`).part('draft').read() !== null
}
