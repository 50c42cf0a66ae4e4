import { Code, ConnectError } from '@connectrpc/connect'
import { backOff } from './backoff'
import { connection } from './connection.svelte'

/**
 * How a stream stands. connecting: not heard yet; live: heard lately; reconnecting: it broke and is being
 * opened again; offline: the browser says that there is no network; ended: the server has nothing more to
 * say; refused: it never will (not found, not allowed), or not before signing in again.
 */
export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'ended' | 'refused'

/** What the helper needs of its surroundings; tests bring their own. */
export interface Surroundings {
  random(): number
  online(): boolean
  hidden(): boolean
  /** Calls back when the network or the server comes or goes, or the page is shown or hidden; returns how to stop that. */
  onChange(callback: () => void): () => void
}

export interface StreamOptions<M> {
  open(signal: AbortSignal): AsyncIterable<M>
  /** Messages in the order they came; those of a burst together, so that the page is drawn once. */
  onMessages(messages: M[]): void
  /** heardAt: when the last message came, in milliseconds by this browser's clock; 0 before any. */
  onState(state: StreamState, heardAt: number): void
  /** A failure that trying again does not mend. */
  onRefused?(error: ConnectError): void
  /** Called before each opening: what comes next is whole again. */
  onOpen?(): void
  /** Silence longer than this many milliseconds means that the line is dead. */
  silence?: number
  /** Messages are collected for this many milliseconds. */
  collect?: number
  /** The first message of each opening is handed over by itself and at once: a long beginning is shown from its start. */
  firstAtOnce?: boolean
  /**
   * A page hidden for this long lets go of its connection, and one that begins hidden, as a tab opened behind this one, takes none
   * until it is seen: a browser has only six to one server, for all its tabs.
   */
  letGoAfter?: number
  surroundings?: Surroundings
}

export interface Stream {
  stop(): void
  /** Opens it again after refused, for instance when the person has signed in. */
  resume(): void
}

/** What trying again does not mend. */
export const refusals = new Set([
  Code.Unauthenticated,
  Code.PermissionDenied,
  Code.NotFound,
  Code.InvalidArgument,
  Code.Unimplemented,
])

/** Keeps a server stream open: see StreamOptions and StreamState. Stop it when the page is left. */
export function keepOpen<M>(options: StreamOptions<M>): Stream {
  const { silence = 40_000, collect = 60, letGoAfter = 20_000, surroundings = browser } = options
  let state: StreamState | undefined
  let failures = 0
  let heardAt = 0
  let stopped = false
  let letGo = surroundings.hidden()
  let run: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let hideTimer: ReturnType<typeof setTimeout> | undefined

  const setState = (next: StreamState) => {
    if (state === next || stopped) return
    state = next
    options.onState(next, heardAt)
  }

  const attempt = async () => {
    timer = undefined
    const abort = (run = new AbortController())
    let collected: M[] = []
    let collecting: ReturnType<typeof setTimeout> | undefined
    let watchdog: ReturnType<typeof setTimeout> | undefined
    const current = () => run === abort && !stopped
    const hand = () => {
      clearTimeout(collecting)
      collecting = undefined
      if (collected.length === 0 || !current()) return
      const messages = collected
      collected = []
      options.onMessages(messages)
    }
    const guard = () => {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => abort.abort(), silence)
    }
    let failure: unknown
    let first = options.firstAtOnce === true
    guard()
    try {
      options.onOpen?.()
      for await (const message of options.open(abort.signal)) {
        if (!current()) return
        guard()
        failures = 0
        heardAt = Date.now()
        setState('live')
        collected.push(message)
        if (first) hand()
        else collecting ??= setTimeout(hand, collect)
        first = false
      }
    } catch (error) {
      failure = error
    } finally {
      clearTimeout(watchdog)
      hand()
      clearTimeout(collecting)
    }
    if (!current()) return
    run = undefined
    if (failure === undefined && !abort.signal.aborted) return setState('ended')
    const problem = ConnectError.from(failure)
    if (failure !== undefined && !abort.signal.aborted && refusals.has(problem.code)) {
      setState('refused')
      options.onRefused?.(problem)
      return
    }
    failures++
    if (letGo) return
    setState(surroundings.online() ? 'reconnecting' : 'offline')
    if (surroundings.online()) timer = setTimeout(attempt, backOff(failures, surroundings.random()))
  }

  const wake = () => {
    if (stopped || run || state === 'refused' || state === 'ended') return
    clearTimeout(timer)
    void attempt()
  }

  const changed = () => {
    clearTimeout(hideTimer)
    if (surroundings.hidden()) {
      hideTimer = setTimeout(() => {
        letGo = true
        clearTimeout(timer)
        run?.abort()
        run = undefined
        setState('connecting')
      }, letGoAfter)
      return
    }
    letGo = false
    if (!surroundings.online()) {
      if (state === 'live' || state === 'connecting' || state === 'reconnecting') setState('offline')
      clearTimeout(timer)
      run?.abort()
      run = undefined
      return
    }
    if (state === 'offline') setState('reconnecting')
    wake()
  }

  const unlisten = surroundings.onChange(changed)
  setState(surroundings.online() ? 'connecting' : 'offline')
  if (surroundings.online() && !letGo) void attempt()

  return {
    stop() {
      stopped = true
      unlisten()
      clearTimeout(timer)
      clearTimeout(hideTimer)
      run?.abort()
      run = undefined
    },
    resume() {
      if (stopped || run) return
      failures = 0
      setState('reconnecting')
      clearTimeout(timer)
      void attempt()
    },
  }
}

const browser: Surroundings = {
  random: () => Math.random(),
  online: () => navigator.onLine,
  hidden: () => document.visibilityState === 'hidden',
  onChange(callback) {
    window.addEventListener('online', callback)
    window.addEventListener('offline', callback)
    document.addEventListener('visibilitychange', callback)
    // Some other call found the server again: no need to wait out the pause.
    const unlisten = connection.onBack(callback)
    return () => {
      unlisten()
      window.removeEventListener('online', callback)
      window.removeEventListener('offline', callback)
      document.removeEventListener('visibilitychange', callback)
    }
  },
}
