const apple = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

/** What is written on the key that goes with a letter: "Ctrl K" or "⌘K". */
export const withCommand = (letter: string): string => (apple ? `⌘${letter}` : `Ctrl ${letter}`)

/** The same for aria-keyshortcuts. */
export const ariaCommand = (letter: string): string => `${apple ? 'Meta' : 'Control'}+${letter}`

export const paletteKey = withCommand('K')
export const undoKey = withCommand('Z')
