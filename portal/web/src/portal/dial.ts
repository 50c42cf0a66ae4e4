/** What a tel: link holds: digits, and a leading plus. The (0) that is only dialled at home is left out, as the server does. */
export function dialOf(phone: string): string {
  const number = phone.trim().startsWith('+') ? phone.replace('(0)', '') : phone
  return number.replace(/[^+\d]/g, '')
}
