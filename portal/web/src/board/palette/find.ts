import type { Client } from '@connectrpc/connect'
import type { FleetService } from '../../gen/utsendt/backoffice/v1/fleet_service_pb.js'
import type { DispatchService } from '../../gen/utsendt/dispatch/v1/dispatch_service_pb.js'
import { RequestState } from '../../gen/utsendt/dispatch/v1/request_pb.js'

/** As many hits of each kind as are shown. */
const each = 5

/** Shortest text that is searched for: fewer letters fit everything. */
export const shortest = 2

export const kinds = ['requests', 'customers', 'devices', 'technicians'] as const

/** Something that was found, and where it is looked at. */
export interface Hit {
  id: string
  kind: (typeof kinds)[number]
  label: string
  hint: string
  href: string
}

export interface Searches {
  dispatch: Pick<Client<typeof DispatchService>, 'listRequests' | 'listTechnicians'>
  fleet: Pick<Client<typeof FleetService>, 'listAccounts' | 'listDevices'>
}

/**
 * Searches all four kinds at once. What one of them finds is shown though another fails: `failed` is then true. Throws
 * nothing; an aborted search finds nothing.
 */
export async function find({ dispatch, fleet }: Searches, query: string, signal: AbortSignal): Promise<{ hits: Hit[]; failed: boolean }> {
  const text = query.trim()
  if (text.length < shortest) return { hits: [], failed: false }
  const all = Object.values(RequestState).filter((one): one is RequestState => typeof one === 'number' && one !== RequestState.UNSPECIFIED)
  const answers = await Promise.allSettled([
    // Ended ones too: people call about them.
    dispatch.listRequests({ query: text, states: all, pageSize: each }, { signal }).then(({ requests }) =>
      requests.map((one): Hit => ({ id: one.id, kind: 'requests', label: one.number, hint: [one.accountName, one.place?.city].filter(Boolean).join(', '), href: `/board/?request=${one.id}` })),
    ),
    fleet.listAccounts({ query: text, pageSize: each }, { signal }).then(({ accounts }) =>
      accounts.map((one): Hit => ({ id: one.id, kind: 'customers', label: one.fields?.name ?? '', hint: one.fields?.number ?? '', href: `/board/customers/${one.id}` })),
    ),
    fleet.listDevices({ query: text, pageSize: each }, { signal }).then(({ devices }) =>
      devices.map((one): Hit => ({ id: one.id, kind: 'devices', label: one.fields?.serialNumber ?? '', hint: [one.model, one.accountName, one.city].filter(Boolean).join(', '), href: `/board/devices/${one.id}` })),
    ),
    dispatch.listTechnicians({ query: text, pageSize: each }, { signal }).then(({ technicians }) =>
      technicians.map((one): Hit => ({ id: one.id, kind: 'technicians', label: `${one.firstName} ${one.lastName}`, hint: one.skills.join(', '), href: `/board/technicians/${one.id}` })),
    ),
  ])
  return {
    hits: answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])),
    failed: !signal.aborted && answers.some((one) => one.status === 'rejected'),
  }
}
