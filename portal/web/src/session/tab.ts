// What this tab holds of somebody, and what the other tabs of this browser tell: all of them share one cookie, hence one person.

const ownerKey = 'utsendt.person'

/** The tab is this person's from now on: nothing that somebody else typed in it stays. */
export function claimTab(person: string, storage: () => Storage = () => sessionStorage): void {
  try {
    const owner = storage().getItem(ownerKey)
    if (owner !== null && owner !== person) storage().clear()
    storage().setItem(ownerKey, person)
  } catch {
    // Full or switched off: then nothing was kept either.
  }
}

/** Nothing that was typed in this tab stays. */
export function clearTab(storage: () => Storage = () => sessionStorage): void {
  try {
    storage().clear()
  } catch {
    // Switched off: nothing was kept.
  }
}

/** Says who is signed in, to the other tabs of this browser and from them. An empty id is nobody. */
export class Tabs {
  private readonly channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('utsendt-session')

  tell(person: string): void {
    this.channel?.postMessage({ person })
  }

  onTold(callback: (person: string) => void): void {
    this.channel?.addEventListener('message', (event: MessageEvent<{ person?: unknown }>) => {
      if (typeof event.data?.person === 'string') callback(event.data.person)
    })
  }
}
