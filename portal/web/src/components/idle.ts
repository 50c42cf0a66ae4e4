/** Comes true when the browser has nothing better to do: for what the page does not need in order to be seen. At most two seconds later. */
export function idle(): Promise<void> {
  return new Promise((done) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => done(), { timeout: 2000 })
    else setTimeout(done, 200) // Safari
  })
}
