const storageKey = 'utsendt.shortcuts'

/** Whether single letters are shortcuts, in this browser: they can be turned off, for those whose voice types. */
class Shortcuts {
  on = $state(read())

  set(on: boolean): void {
    this.on = on
    try {
      localStorage.setItem(storageKey, on ? 'on' : 'off')
    } catch {
      // Storage is switched off: it holds until the page is left.
    }
  }

  /** True when a key pressed alone may be a shortcut: they are on, and nothing is being typed in. */
  heard(event: KeyboardEvent): boolean {
    if (!this.on || event.defaultPrevented || event.repeat || event.isComposing) return false
    return !typing(event.target)
  }
}

/** True in a field: there a letter is a letter, and Ctrl+Z takes back what was typed. */
export function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  if (!element?.closest) return false
  const field = element.closest('input, textarea, select, [contenteditable]')
  return field !== null && !/^(checkbox|radio|button|submit)$/.test((field as HTMLInputElement).type ?? '')
}

function read(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off'
  } catch {
    return true
  }
}

export const shortcuts = new Shortcuts()
