import { expect, it } from 'vitest'
import { destinationOf } from './destination'
import { groupOf, menuFor } from './nav'
import { pages } from './pages'

it('leads to every page, and from every page back to its group', () => {
  const menu = menuFor(true)
  const entries = menu.flatMap((group) => group.entries)
  expect(entries.flatMap((one) => one.pages).sort()).toEqual(Object.keys(pages).sort())
  for (const one of entries) {
    expect(destinationOf(one.href).page, one.href).toBe(one.pages[0])
    for (const page of one.pages) expect(groupOf(menu, page)?.entries).toContainEqual(one)
  }
  expect(groupOf(menu, 'none')).toBeUndefined()
})

it('shows a dispatcher nothing that is for admins', () => {
  const shown = menuFor(false).flatMap((group) => group.entries.map((one) => one.href))
  expect(shown).not.toContain('/board/people')
  expect(shown).not.toContain('/board/files')
  expect(shown).toContain('/board/technicians')
})
