import { onDestroy } from 'svelte'

/** In the order in which the palette shows them. */
export const groups = ['request', 'view', 'go', 'app'] as const

/** Something that can be done now, offered in the palette and, with a key, by that key alone. */
export interface Command {
  /** Unique among all that are offered. */
  id: string
  group: (typeof groups)[number]
  label: string
  /** What it is about, shown beside it and found too. */
  hint?: string
  /** A single character, lower case, that does it when nothing is being typed in. */
  key?: string
  run: () => unknown
}

const offers = $state<{ list: (() => Command[])[] }>({ list: [] })

/** Offers commands for as long as the component is there. To be called while it is set up; what is offered may change. */
export function offer(commands: () => Command[]): void {
  offers.list = [...offers.list, commands]
  onDestroy(() => (offers.list = offers.list.filter((one) => one !== commands)))
}

/** Everything that can be done now, by group; of two with the same id the later offered. */
export function offered(): Command[] {
  const byId = new Map<string, Command>()
  for (const commands of offers.list) for (const one of commands()) byId.set(one.id, one)
  return [...byId.values()].sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group))
}

/** The command that a key does. */
export function commandOf(key: string): Command | undefined {
  return offered().findLast((one) => one.key === key)
}

/** Those whose label or hint has all the words, those first whose label begins with what was typed. */
export function matching(commands: Command[], query: string): Command[] {
  const typed = query.trim().toLowerCase()
  const words = typed.split(/\s+/).filter(Boolean)
  const found = commands.filter((one) => {
    const text = `${one.label} ${one.hint ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const first = (one: Command) => (typed && one.label.toLowerCase().startsWith(typed) ? 0 : 1)
  return found.sort((a, b) => first(a) - first(b))
}
