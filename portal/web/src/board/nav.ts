import type { TextKey } from '../i18n/language.svelte'
import type { Page } from './destination'

/** A page that the menu leads to. */
export interface Entry {
  href: string
  label: TextKey
  /** The pages that belong to it: its list, and one of it. */
  pages: Page[]
  /** For admins alone: the server refuses everybody else. */
  admin?: boolean
}

/** What belongs together. The bar shows the groups, and below it the pages of the one we are in. */
export interface Group {
  label: TextKey
  /** Path of a 20 x 20 drawing. */
  icon: string
  entries: Entry[]
}

const all: Group[] = [
  {
    label: 'fleet.nav_work',
    icon: 'M3 5h14M3 10h14M3 15h9',
    entries: [
      { href: '/board/', label: 'board.queue', pages: ['queue'] },
      { href: '/board/approvals', label: 'office.approvals', pages: ['approvals'] },
      { href: '/board/orders', label: 'office.orders', pages: ['orders', 'order', 'place-order'] },
      { href: '/board/notifications', label: 'nav.notifications', pages: ['notifications'] },
    ],
  },
  {
    label: 'fleet.nav_fleet',
    icon: 'M4 17V4h7v13M11 8h5v9M2.500 17h15M6.500 7h2M6.500 10h2M6.500 13h2',
    entries: [
      { href: '/board/customers', label: 'office.customers', pages: ['customers', 'customer', 'site'] },
      { href: '/board/devices', label: 'office.devices', pages: ['devices', 'device'] },
      { href: '/board/contracts', label: 'office.contracts', pages: ['contracts', 'contract'] },
      { href: '/board/models', label: 'fleet.models', pages: ['models', 'model'] },
    ],
  },
  {
    label: 'fleet.nav_people',
    icon: 'M10 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3.500 17c.5-3.500 3-5.500 6.500-5.500s6 2 6.500 5.500',
    entries: [
      { href: '/board/technicians', label: 'staff.technicians', pages: ['technicians', 'technician'] },
      { href: '/board/territories', label: 'staff.territories', pages: ['territories', 'territory'] },
      { href: '/board/skills', label: 'staff.skills', pages: ['skills'] },
      { href: '/board/register', label: 'files.register_many', pages: ['register'] },
      { href: '/board/people', label: 'staff.people', pages: ['people', 'person'], admin: true },
    ],
  },
  {
    label: 'fleet.nav_system',
    icon: 'M4 4h8l4 4v9H4zM12 4v4h4M7 11h6M7 14h4',
    entries: [
      { href: '/board/articles', label: 'knowledge.articles', pages: ['articles', 'article'] },
      { href: '/board/files', label: 'files.files', pages: ['files'], admin: true },
      { href: '/board/countries', label: 'office.countries', pages: ['countries'] },
      { href: '/board/audit', label: 'office.audit', pages: ['audit'] },
    ],
  },
]

/** The menu of somebody: what is an admin's is shown to admins alone. */
export function menuFor(admin: boolean): Group[] {
  return all.map((group) => ({ ...group, entries: group.entries.filter((one) => admin || !one.admin) }))
}

/** The group that a page is in; the first where it is in none. */
export function groupOf(menu: Group[], page: Page | 'none'): Group | undefined {
  return menu.find((group) => group.entries.some((one) => (one.pages as string[]).includes(page)))
}
