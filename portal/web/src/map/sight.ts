/** Tells when any of an element is in the window. stop: nobody asks any more. */
export function inSight(element: Element): { seen: Promise<void>; stop(): void } {
  let watch: IntersectionObserver | undefined
  const seen = new Promise<void>((done) => {
    watch = new IntersectionObserver((entries) => {
      if (!entries.some((one) => one.isIntersecting)) return
      watch?.disconnect()
      done()
    })
    watch.observe(element)
  })
  return { seen, stop: () => watch?.disconnect() }
}
