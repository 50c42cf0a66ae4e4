/** Whether it looks like an address, or is empty: a hint while typing. The server decides. */
export function plausibleEmail(text: string): boolean {
  return text.trim() === '' || /^[^\s@]+@[^\s@]+$/.test(text.trim())
}
