/** Which of the dialogs that belong to the whole office is open. */
class Palette {
  open = $state<'palette' | 'keys' | 'new'>()
}

export const palette = new Palette()
