/**
 * What this browser keeps across its tabs. Where it may keep nothing, even to name localStorage throws; this throws only when it
 * is used, where its users expect it.
 */
export const browserStorage: Pick<Storage, 'getItem' | 'setItem'> = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
}
