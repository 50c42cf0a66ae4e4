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
  /** Where to go: 'site' as registered, 'once' elsewhere for this request, 'moved' elsewhere from now on. */
  where: string
  line1: string
  line2: string
  line3: string
  postalCode: string
  city: string
  /** Why the printer has moved. */
  reason: string
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
  where: 'site',
  line1: '',
  line2: '',
  line3: '',
  postalCode: '',
  city: '',
  reason: '',
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
      part('photos').write(null)
      closed = true // The page that wrote it may be drawn once more before it goes.
    },
  }
}

/** The draft that was kept, else the given one. What was kept by another version of the page is not trusted. */
export function keptDraft<T extends object>(kept: Kept, fresh: T): T {
  try {
    const found = JSON.parse(kept.part('draft').read() ?? 'null') as Record<string, unknown> | null
    if (!found) return { ...fresh }
    const draft = { ...fresh } as Record<string, unknown>
    for (const key of Object.keys(fresh)) if (found[key] !== null && typeof found[key] === typeof draft[key]) draft[key] = found[key]
    return draft as T
  } catch {
    return { ...fresh }
  }
}
