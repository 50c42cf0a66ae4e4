/** Milliseconds between two looks at a list that has no stream of its own. */
const every = 5000

/**
 * A stream made of repeated looks, for keepOpen. A push message to this browser makes it look at once: what
 * the message is about should be on the page before it is read.
 */
export function lookAgain<T>(look: (signal: AbortSignal) => Promise<T>) {
  return async function* (signal: AbortSignal): AsyncGenerator<T> {
    while (!signal.aborted) {
      yield await look(signal)
      await pause(signal)
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const worker = navigator.serviceWorker as ServiceWorkerContainer | undefined
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      worker?.removeEventListener('message', pushed)
      resolve()
    }
    const pushed = (event: MessageEvent) => {
      if ((event.data as { utsendt?: string } | null)?.utsendt === 'pushed') done()
    }
    const timer = setTimeout(done, every)
    signal.addEventListener('abort', done)
    worker?.addEventListener('message', pushed)
  })
}
