import type { TextKey } from '../i18n/language.svelte'

/** What the home page offers, in the order people know it: each is one path of a 24 x 24 drawing and two texts. */
export const choices: { href: string; icon: string; title: TextKey; lead: TextKey }[] = [
  { href: '/devices', title: 'home.report', lead: 'home.report_lead', icon: 'M12 3 2.500 20h19zM12 9.500v5M12 17.400v.2' },
  { href: '/requests', title: 'home.requests', lead: 'home.requests_lead', icon: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9.500 8h5M9.500 12h5' },
]
