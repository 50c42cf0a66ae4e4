/** A line that is read aloud by a screen reader and, as a toast, seen by everyone for a while. */
export interface Announcement {
  id: number
  text: string
  tone: 'good' | 'plain' | 'bad'
}

export const announcements = $state<{ list: Announcement[] }>({ list: [] })

let next = 1

export function announce(text: string, tone: Announcement['tone'] = 'plain', keepMs = 6000): void {
  const id = next++
  announcements.list = [...announcements.list.slice(-2), { id, text, tone }]
  setTimeout(() => dismiss(id), keepMs)
}

export function dismiss(id: number): void {
  announcements.list = announcements.list.filter((one) => one.id !== id)
}
