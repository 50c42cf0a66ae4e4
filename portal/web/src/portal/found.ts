import type { QuickSearchResponse } from '../gen/utsendt/portal/v1/search_service_pb.js'

/** The page of what the quick search found. */
export function pageOf(result: QuickSearchResponse['result']): string | undefined {
  switch (result.case) {
    case 'foundDevice':
      return `/devices/${encodeURIComponent(result.value.serialNumber)}`
    case 'request':
      return `/requests/${encodeURIComponent(result.value.number)}`
    case 'order':
      return `/orders/${encodeURIComponent(result.value.number)}`
    default:
      return undefined
  }
}
