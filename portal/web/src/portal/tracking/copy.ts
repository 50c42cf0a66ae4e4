/**
 * Puts a link on the clipboard; false when the browser does not let us. Without https there is no clipboard to ask, so the
 * field that shows the link is marked and copied from.
 */
export async function copyLink(url: string, field: HTMLInputElement | undefined): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(url)
    return true
  } catch {
    field?.focus()
    field?.select()
    try {
      return document.execCommand('copy')
    } catch {
      return false
    }
  }
}
