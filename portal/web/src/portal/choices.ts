import type { TextKey } from '../i18n/language.svelte'

/** What people come for: one path of a 24 x 24 drawing and two texts each. The sixth is the quick search. */
export const choices: { href: string; icon: string; title: TextKey; lead: TextKey }[] = [
  { href: '/devices', title: 'home.report', lead: 'home.report_lead', icon: 'M12 3 2.500 20h19zM12 9.500v5M12 17.400v.2' },
  { href: '/order', title: 'home.order', lead: 'home.order_lead', icon: 'M4 8 12 4l8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8' },
  { href: '/readings', title: 'home.readings', lead: 'home.readings_lead', icon: 'M4 16a8 8 0 1 1 16 0M12 16l4-5M4 20h16' },
  { href: '/readings/bulk', title: 'home.bulk', lead: 'home.bulk_lead', icon: 'M6 3h8l4 4v14H6zM14 3v4h4M12 18v-7M9 13.500l3-3 3 3' },
  { href: '/register', title: 'home.register', lead: 'home.register_ask', icon: 'M6 9V3h9v6M6 17H3.500V9h14v3M6 14h6v6H6zM18 14.500v6M15 17.500h6' },
]

/** What they look up, below. */
export const more: typeof choices = [
  { href: '/usage', title: 'home.usage', lead: 'home.usage_lead', icon: 'M4 20h16M7 17v-5M12 17V6M17 17v-8' },
  { href: '/forecast', title: 'forecast.title', lead: 'home.forecast_lead', icon: 'M12 3c3.500 4.500 6 7.800 6 11.200a6 6 0 0 1-12 0C6 10.800 8.500 7.500 12 3z' },
  { href: '/help', title: 'home.help', lead: 'home.help_lead', icon: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.500 9.300a2.600 2.600 0 1 1 3.700 2.700c-.8.4-1.200.9-1.200 1.800M12 16.800v.2' },
]
