import type { SiteAddress } from '../../gen/utsendt/portal/v1/address_change_service_pb.js'

/** "Storgata 1, Inngang B, 0155 Oslo", with the country's name when one is given. */
export function siteAddressLine(address: SiteAddress | undefined, country = ''): string {
  if (!address) return ''
  return [address.line1, address.line2, address.line3, `${address.postalCode} ${address.city}`.trim(), country].filter(Boolean).join(', ')
}
