/** What is typed when a fault is reported. */
export interface Draft {
  category: number
  description: string
  contactName: string
  contactPhone: string
  contactEmail: string
  /** A time is wished, in the three fields below; otherwise as soon as possible. */
  wished: boolean
  day: string
  from: string
  to: string
  /** Where to go: 'site' as registered, 'once' elsewhere for this request, 'moved' elsewhere from now on. */
  where: string
  line1: string
  line2: string
  line3: string
  postalCode: string
  city: string
  /** Why the printer has moved. */
  reason: string
}

export const emptyDraft: Draft = {
  category: 0,
  description: '',
  contactName: '',
  contactPhone: '',
  contactEmail: '',
  wished: false,
  day: '',
  from: '08:00',
  to: '16:00',
  where: 'site',
  line1: '',
  line2: '',
  line3: '',
  postalCode: '',
  city: '',
  reason: '',
}
