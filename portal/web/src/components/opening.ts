/** Where the app goes. The name that stood there while it was on its way is taken off. */
export function emptied(): HTMLElement {
  const target = document.getElementById('app') as HTMLElement
  target.replaceChildren()
  return target
}
