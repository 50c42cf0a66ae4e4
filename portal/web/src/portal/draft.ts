/** What is typed when a fault is reported. */
export interface Draft {
  category: number
  description: string
  contactName: string
  contactPhone: string
  contactEmail: string
  /** A time is wished, in the three fields below; otherwise as soon as possible. */
  wished: boolean
  day: string
  from: string
  to: string
}

export const emptyDraft: Draft = {
  category: 0,
  description: '',
  contactName: '',
  contactPhone: '',
  contactEmail: '',
  wished: false,
  day: '',
  from: '08:00',
  to: '16:00',
}

interface Part {
  read(): string | null
  write(value: string | null): void
}

export interface Kept {
  part(name: string): Part
  clear(): void
}

/** Keeps things in this tab across reloads. Where storage is switched off, nothing is kept and nothing breaks. */
export function keptIn(prefix: string, storage: () => Storage = () => sessionStorage): Kept {
  let closed = false
  const part = (name: string): Part => ({
    read() {
      try {
        return storage().getItem(`${prefix}.${name}`)
      } catch {
        return null
      }
    },
    write(value) {
      if (closed) return
      try {
        if (value === null) storage().removeItem(`${prefix}.${name}`)
        else storage().setItem(`${prefix}.${name}`, value)
      } catch {
        // Full or switched off.
      }
    },
  })
  return {
    part,
    clear() {
      part('draft').write(null)
      part('operation').write(null)
      closed = true // The page that wrote it may be drawn once more before it goes.
    },
  }
}

/** The draft that was kept, else the given one. What was kept by another version of the page is not trusted. */
export function keptDraft(kept: Kept, fresh: Draft): Draft {
  try {
    const found = JSON.parse(kept.part('draft').read() ?? 'null') as Record<string, unknown> | null
    if (!found) return { ...fresh }
    const draft: Record<string, unknown> = { ...fresh }
    for (const key of Object.keys(fresh)) if (typeof found[key] === typeof draft[key]) draft[key] = found[key]
    return draft as unknown as Draft
  } catch {
    return { ...fresh }
  }
}
