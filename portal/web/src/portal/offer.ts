import { browserStorage } from '../components/browserstorage'

// Whether somebody has said no to notifications in this browser. A no is kept: they find the switch on its own page.
const key = 'utsendt.push.declined'

export function declined(person: string, store: Pick<Storage, 'getItem'> = browserStorage): boolean {
  try {
    return store.getItem(key)?.split(' ').includes(person) ?? false
  } catch {
    return false // Storage is switched off: the question comes back with the page.
  }
}

export function decline(person: string, store: Pick<Storage, 'getItem' | 'setItem'> = browserStorage): void {
  try {
    const others = (store.getItem(key) ?? '').split(' ').filter((one) => one && one !== person)
    // Of a shared browser the last few people are enough.
    store.setItem(key, [...others.slice(-9), person].join(' '))
  } catch {
    // As above.
  }
}
