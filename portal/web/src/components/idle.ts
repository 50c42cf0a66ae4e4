/** Comes true when the browser has nothing better to do: for what the page does not need in order to be seen. At most two seconds later. */
export function idle(): Promise<void> {
  return new Promise((done) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => done(), { timeout: 2000 })
    else setTimeout(done, 200) // Safari
  })
}

/** Comes true when the browser has seen to whatever else waits: to draw what is there, or to a finger. Long work is cut with it. */
export function turn(): Promise<void> {
  return new Promise((done) => setTimeout(done))
}
