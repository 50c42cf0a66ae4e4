import { Code, ConnectError } from '@connectrpc/connect'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StreamState, Surroundings } from './stream'
import { backOff } from './backoff'
import { keepOpen } from './stream'

/** A line that a test drives: it sends, breaks or ends what the helper has open. */
class Line {
  opened = 0
  aborted = 0
  private waiting: (() => void) | undefined
  private queue: (number | Error | 'end')[] = []

  open = (signal: AbortSignal): AsyncIterable<number> => {
    this.opened++
    this.queue = []
    const line = this
    signal.addEventListener('abort', () => {
      line.aborted++
      line.waiting?.()
    })
    return (async function* () {
      for (;;) {
        if (signal.aborted) throw new ConnectError('aborted', Code.Canceled)
        const next = line.queue.shift()
        if (next === undefined) await new Promise<void>((resolve) => (line.waiting = resolve))
        else if (next === 'end') return
        else if (next instanceof Error) throw next
        else yield next
      }
    })()
  }

  async give(...items: (number | Error | 'end')[]): Promise<void> {
    this.queue.push(...items)
    this.waiting?.()
    await vi.advanceTimersByTimeAsync(0)
  }
}

class World implements Surroundings {
  isOnline = true
  isHidden = false
  callback: () => void = () => {}
  random = () => 1
  online = () => this.isOnline
  hidden = () => this.isHidden
  onChange(callback: () => void) {
    this.callback = callback
    return () => (this.callback = () => {})
  }
}

function start(line: Line, world = new World(), firstAtOnce = false) {
  const states: StreamState[] = []
  const batches: number[][] = []
  const refused: Code[] = []
  const stream = keepOpen<number>({
    firstAtOnce,
    open: line.open,
    onMessages: (messages) => batches.push(messages),
    onState: (state) => states.push(state),
    onRefused: (error) => refused.push(error.code),
    surroundings: world,
  })
  return { states, batches, refused, stream, world }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('backOff', () => {
  it('doubles to a ceiling and takes off up to half', () => {
    expect([1, 2, 3, 4].map((n) => backOff(n, 1))).toEqual([500, 1000, 2000, 4000])
    expect(backOff(50, 1)).toBe(20_000)
    expect(backOff(1, 0)).toBe(250)
    for (let i = 0; i < 200; i++) {
      const wait = backOff(3, Math.random())
      expect(wait).toBeGreaterThanOrEqual(1000)
      expect(wait).toBeLessThanOrEqual(2000)
    }
  })
})

describe('keepOpen', () => {
  it('hands over a burst at once, in order', async () => {
    const line = new Line()
    const { states, batches } = start(line)
    await line.give(1, 2, 3)
    expect(batches).toEqual([])
    await vi.advanceTimersByTimeAsync(60)
    await line.give(4)
    await vi.advanceTimersByTimeAsync(60)
    expect(batches).toEqual([[1, 2, 3], [4]])
    expect(states).toEqual(['connecting', 'live'])
  })

  it('hands over the first of each opening at once, where that is asked for', async () => {
    const line = new Line()
    const { batches } = start(line, new World(), true)
    await line.give(1, 2, 3)
    expect(batches).toEqual([[1]])
    await vi.advanceTimersByTimeAsync(60)
    expect(batches).toEqual([[1], [2, 3]])
    await line.give(new ConnectError('gone', Code.Unavailable))
    await vi.advanceTimersByTimeAsync(500)
    await line.give(1, 2)
    expect(batches).toEqual([[1], [2, 3], [1]])
  })

  it('survives a server that goes away, and waits longer each time', async () => {
    const line = new Line()
    const { states, batches } = start(line)
    await line.give(1, new ConnectError('gone', Code.Unavailable))
    expect(states).toEqual(['connecting', 'live', 'reconnecting'])
    expect(batches).toEqual([[1]]) // what had come is not lost
    await vi.advanceTimersByTimeAsync(499)
    expect(line.opened).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(line.opened).toBe(2)
    await line.give(new TypeError('Failed to fetch'))
    await vi.advanceTimersByTimeAsync(999)
    expect(line.opened).toBe(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(line.opened).toBe(3)
    await line.give(2)
    expect(states.at(-1)).toBe('live')
    // Having been heard, it starts from the shortest wait again.
    await line.give(new TypeError('Failed to fetch'))
    await vi.advanceTimersByTimeAsync(500)
    expect(line.opened).toBe(4)
  })

  it('takes silence for a dead line', async () => {
    const line = new Line()
    const { states } = start(line)
    await line.give(1)
    await vi.advanceTimersByTimeAsync(39_000)
    await line.give(2)
    await vi.advanceTimersByTimeAsync(39_999)
    expect(states.at(-1)).toBe('live')
    await vi.advanceTimersByTimeAsync(1)
    expect(line.aborted).toBe(1)
    expect(states.at(-1)).toBe('reconnecting')
    await vi.advanceTimersByTimeAsync(500)
    expect(line.opened).toBe(2)
  })

  it('stops on Unauthenticated and goes on after resume', async () => {
    const line = new Line()
    const { states, refused, stream } = start(line)
    await line.give(1, new ConnectError('sign in', Code.Unauthenticated))
    expect(states.at(-1)).toBe('refused')
    expect(refused).toEqual([Code.Unauthenticated])
    await vi.advanceTimersByTimeAsync(300_000)
    expect(line.opened).toBe(1)
    stream.resume()
    expect(line.opened).toBe(2)
    await line.give(2)
    expect(states.at(-1)).toBe('live')
  })

  it('does not try again what was not found, nor what has ended', async () => {
    const line = new Line()
    const lost = start(line)
    await line.give(new ConnectError('no', Code.NotFound))
    expect(lost.refused).toEqual([Code.NotFound])
    const over = new Line()
    const { states, batches } = start(over)
    await over.give(7, 'end')
    expect(states.at(-1)).toBe('ended')
    expect(batches).toEqual([[7]])
    await vi.advanceTimersByTimeAsync(300_000)
    expect([line.opened, over.opened]).toEqual([1, 1])
  })

  it('says offline without a network and comes back at once with it', async () => {
    const line = new Line()
    const { states, world } = start(line)
    await line.give(1)
    world.isOnline = false
    world.callback()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(states.at(-1)).toBe('offline')
    expect(line.opened).toBe(1)
    world.isOnline = true
    world.callback()
    await line.give(2)
    expect(line.opened).toBe(2)
    expect(states.at(-1)).toBe('live')
  })

  it('lets go of the line when the page is hidden for long, and takes it up when it is seen', async () => {
    const line = new Line()
    const { world, batches } = start(line)
    await line.give(1)
    await vi.advanceTimersByTimeAsync(60)
    world.isHidden = true
    world.callback()
    await vi.advanceTimersByTimeAsync(10_000)
    await line.give(2)
    expect(line.aborted).toBe(0)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(line.aborted).toBe(1)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(line.opened).toBe(1)
    world.isHidden = false
    world.callback()
    await line.give(3)
    await vi.advanceTimersByTimeAsync(60)
    expect(line.opened).toBe(2)
    expect(batches).toEqual([[1], [2], [3]])
  })

  it('takes no line for a page that begins hidden, until it is seen', async () => {
    const line = new Line()
    const { world, states } = start(line, Object.assign(new World(), { isHidden: true }))
    world.callback() // The network came back, say.
    await vi.advanceTimersByTimeAsync(600_000)
    expect(line.opened).toBe(0)
    world.isHidden = false
    world.callback()
    await line.give(1)
    expect(line.opened).toBe(1)
    expect(states).toEqual(['connecting', 'live'])
  })

  it('says nothing after stop', async () => {
    const line = new Line()
    const { states, batches, stream } = start(line)
    await line.give(1)
    stream.stop()
    await vi.advanceTimersByTimeAsync(300_000)
    expect(states).toEqual(['connecting', 'live'])
    expect(batches).toEqual([])
    expect(line.opened).toBe(1)
  })
})
