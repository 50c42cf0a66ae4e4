// What the lines of a device's life say, in the page's language.
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { LifeEntry, TonerOutlook } from '../gen/utsendt/portal/v1/device_life_pb.js'
import { LifeEvent } from '../gen/utsendt/portal/v1/device_life_pb.js'
import { ReadingSource } from '../gen/utsendt/portal/v1/reading_pb.js'
import { SupplyColour } from '../gen/utsendt/portal/v1/supply_colour_pb.js'
import { ForecastStatus } from '../gen/utsendt/portal/v1/supply_service_pb.js'
import { language, t } from '../i18n/language.svelte'
import type { TextKey } from '../i18n/language.svelte'
import { categoryWord, wordFor } from '../i18n/words.svelte'
import { counterWord, pagesOf } from '../portal/readings/counters'
import { dateOf } from '../portal/devices/dates'

const numbered: Partial<Record<LifeEvent, TextKey>> = {
  [LifeEvent.ORDER_PLACED]: 'life.order_placed',
  [LifeEvent.ORDER_SHIPPED]: 'life.order_shipped',
  [LifeEvent.ORDER_DELIVERED]: 'life.order_delivered',
  [LifeEvent.ORDER_CANCELLED]: 'life.order_cancelled',
  [LifeEvent.REQUEST_OPENED]: 'life.request_opened',
  [LifeEvent.REQUEST_COMPLETED]: 'life.request_completed',
  [LifeEvent.REQUEST_CANCELLED]: 'life.request_cancelled',
}
const visits: Partial<Record<LifeEvent, TextKey>> = {
  [LifeEvent.VISIT_ARRIVED]: 'life.visit_arrived',
  [LifeEvent.VISIT_DONE]: 'life.visit_done',
  [LifeEvent.VISIT_UNSOLVED]: 'life.visit_unsolved',
}
const addresses: Partial<Record<LifeEvent, TextKey>> = {
  [LifeEvent.ADDRESS_ASKED]: 'life.address_asked',
  [LifeEvent.ADDRESS_APPROVED]: 'life.address_approved',
  [LifeEvent.ADDRESS_REFUSED]: 'life.address_refused',
  [LifeEvent.ADDRESS_WITHDRAWN]: 'life.address_withdrawn',
  [LifeEvent.MOVED]: 'life.moved',
  [LifeEvent.ADDRESS_CORRECTED]: 'life.address_corrected',
}

/** What a toner is called: "Svart toner". */
export const tonerWord = (colour: SupplyColour): string => wordFor('life.toner', String(SupplyColour[colour] === undefined ? 0 : colour))

/** What happened, in a line. mine: a registration is the reader's own. */
export function headline(entry: LifeEntry, mine: boolean): string {
  const { detail, event } = entry
  if (detail.case === 'order') {
    if (event === LifeEvent.ORDER_SHIPPED && detail.value.carrier) return t('life.order_shipped_by', { number: detail.value.number, carrier: detail.value.carrier })
    return t(numbered[event] ?? 'life.other', { number: detail.value.number })
  }
  if (detail.case === 'request') {
    const visit = visits[event]
    return visit ? t(visit, { name: detail.value.technicianFirstName }) : t(numbered[event] ?? 'life.other', { number: detail.value.number })
  }
  if (detail.case === 'address') return t(addresses[event] ?? 'life.other', { address: detail.value.then })
  if (detail.case === 'toner') return t(detail.value.delivered ? 'life.forecast_delivered' : 'life.forecast_changed')
  if (detail.case === 'contract') return detail.value.then ? t('life.contract', { number: detail.value.then }) : t('life.contract_none')
  if (event === LifeEvent.READ) return t('life.read')
  if (event === LifeEvent.COUNTER_RESTARTED) return t('life.counter_restarted')
  if (event === LifeEvent.ADDED) return t('life.added')
  if (event === LifeEvent.RETIRED) return t('life.retired')
  if (event === LifeEvent.RETURNED) return t('life.returned')
  if (event === LifeEvent.REGISTERED) return t(mine ? 'life.registered_mine' : 'life.registered')
  if (event === LifeEvent.DEREGISTERED) return t(mine ? 'life.deregistered_mine' : 'life.deregistered')
  return t('life.other')
}

/** When one toner runs out, as was known at the time. */
export function outlook(one: TonerOutlook, zone: string | undefined): string {
  const date = (at: Timestamp) => dateOf(language(), at, zone)
  const toner = tonerWord(one.colour)
  if (!one.runsOutAt || one.status === ForecastStatus.DISTANT) return t('life.toner_distant', { toner })
  if (one.status === ForecastStatus.OVERDUE) return t('life.toner_ran_out', { toner, when: date(one.runsOutAt) })
  if (one.before) return t('life.toner_moved', { toner, when: date(one.runsOutAt), before: date(one.before) })
  return t('life.toner_runs_out', { toner, when: date(one.runsOutAt) })
}

/** What else there is to say of it, in lines. */
export function details(entry: LifeEntry, zone: string | undefined, mine: boolean): string[] {
  const { detail, event } = entry
  switch (detail.case) {
    case 'reading': {
      const by = wordFor('life.read_by', String(detail.value.source))
      const counters = detail.value.counters.map((one) => t('life.counter', { counter: counterWord(one.counter), value: pagesOf(one.value) })).join(' · ')
      // That customers read their own meters goes without saying.
      const from = mine && detail.value.source === ReadingSource.CUSTOMER ? '' : by
      return [counters, [from, detail.value.superseded && t('life.read_corrected')].filter(Boolean).join(', ')].filter(Boolean)
    }
    case 'toner':
      return detail.value.outlooks.map((one) => outlook(one, zone))
    case 'order':
      return event === LifeEvent.ORDER_PLACED ? [detail.value.lines.map((one) => t('life.order_line', { quantity: one.quantity, name: one.name })).join(', ')] : []
    case 'request':
      if (event === LifeEvent.REQUEST_OPENED) return [categoryWord(detail.value.category)]
      return [visits[event] ? t('life.visit_for', { number: detail.value.number }) : detail.value.outcome].filter(Boolean)
    case 'address':
      return [detail.value.was && t('life.address_was', { address: detail.value.was }), detail.value.reason].filter(Boolean)
    case 'contract':
      return detail.value.was ? [t('life.contract_was', { number: detail.value.was })] : []
  }
  return []
}

/** What a line leads to. */
export type Target = { kind: 'order' | 'request'; number: string; id: string } | undefined

export function targetOf(entry: LifeEntry): Target {
  const { detail } = entry
  if (detail.case === 'order') return { kind: 'order', number: detail.value.number, id: entry.id }
  return detail.case === 'request' ? { kind: 'request', number: detail.value.number, id: detail.value.id } : undefined
}
