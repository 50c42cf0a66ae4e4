// What is typed, kept in this tab across reloads until it is sent.

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
