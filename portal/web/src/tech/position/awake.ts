interface Sentinel {
  release(): Promise<void>
}

/** Keeps the screen on, where the browser can: a browser gives no positions with the screen off. Gives how to end that. */
export function keepAwake(): () => void {
  let sentinel: Sentinel | undefined
  let ended = false
  const ask = async () => {
    if (document.visibilityState !== 'visible') return
    try {
      const got = await (navigator as Navigator & { wakeLock?: { request(kind: 'screen'): Promise<Sentinel> } }).wakeLock?.request('screen')
      if (ended) await got?.release()
      else sentinel = got
    } catch {
      // Low battery, or not allowed: the screen goes off as it would.
    }
  }
  document.addEventListener('visibilitychange', ask)
  void ask()
  return () => {
    ended = true
    document.removeEventListener('visibilitychange', ask)
    void sentinel?.release().catch(() => {})
  }
}
