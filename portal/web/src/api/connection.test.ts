import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Connection } from './connection.svelte'

class World {
  isOnline = true
  answers = false
  asked = 0
  callback: () => void = () => {}
  online = () => this.isOnline
  onChange = (callback: () => void) => void (this.callback = callback)
  reach = async () => {
    this.asked++
    return this.answers
  }
  now = () => Date.now()
  random = () => 1
}

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

function start() {
  const world = new World()
  const connection = new Connection(world)
  let back = 0
  connection.onBack(() => back++)
  return { world, connection, back: () => back }
}

it('asks nothing while all is well', async () => {
  const { world, connection } = start()
  connection.heard()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([world.asked, connection.state, connection.heardAt]).toEqual([0, 'fine', 1_000_000])
})

it('says nothing of one failure that the next answer mends, but tells whoever failed', async () => {
  const { world, connection, back } = start()
  world.answers = true
  connection.lost()
  expect(connection.state).toBe('fine')
  await vi.advanceTimersByTimeAsync(500)
  expect([connection.state, back()]).toEqual(['fine', 1])
})

it('asks at growing intervals while the server is away, and recovers by itself', async () => {
  const { world, connection, back } = start()
  connection.lost()
  await vi.advanceTimersByTimeAsync(500)
  expect(connection.state).toBe('unreachable')
  await vi.advanceTimersByTimeAsync(600_000)
  // Half a second, one, two … and every twenty seconds from then on.
  expect(world.asked).toBeGreaterThan(25)
  expect(world.asked).toBeLessThan(40)
  world.answers = true
  await vi.advanceTimersByTimeAsync(20_000)
  expect([connection.state, back()]).toEqual(['fine', 1])
  const { asked } = world
  await vi.advanceTimersByTimeAsync(60_000)
  expect(world.asked).toBe(asked)
})

it('is offline when the browser says so, and back when the server has answered, not before', async () => {
  const { world, connection, back } = start()
  world.isOnline = false
  world.callback()
  expect(connection.state).toBe('offline')
  connection.lost()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(world.asked).toBe(0)
  world.isOnline = true
  world.callback()
  await vi.advanceTimersByTimeAsync(0)
  expect([connection.state, back()]).toEqual(['unreachable', 0])
  world.answers = true
  await vi.advanceTimersByTimeAsync(1000)
  expect([connection.state, back()]).toEqual(['fine', 1])
})

it('does not call back whoever has left', () => {
  const { connection } = start()
  let called = 0
  connection.onBack(() => called++)()
  connection.lost()
  connection.heard()
  expect(called).toBe(0)
})
