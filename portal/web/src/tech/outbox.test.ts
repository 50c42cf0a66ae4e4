import { Code, ConnectError } from '@connectrpc/connect'
import { describe, expect, it } from 'vitest'
import type { Operation } from './outbox.svelte'
import { Outbox } from './outbox.svelte'

const quick = { attempts: 2, pause: async () => {} }
const lost = () => Promise.reject(new TypeError('Failed to fetch'))

describe('Outbox', () => {
  it('keeps what did not get through and sends it again with the same id and time of the press', async () => {
    let now = 1000
    const outbox = new Outbox(quick, () => now)
    const sent: Operation[] = []
    let cover = false
    const call = async (operation: Operation) => {
      sent.push(operation)
      if (!cover) await lost()
    }
    expect(await outbox.press('job', 'tech.arrive', call)).toBe(false)
    expect(outbox.pending).toMatchObject([{ step: 'tech.arrive', sending: false, repeatable: true }])
    cover = true
    now = 61_000
    expect(await outbox.again(outbox.pending[0]!.id)).toBe(true)
    expect(outbox.pending).toEqual([])
    expect(new Set(sent.map((one) => one.id)).size).toBe(1)
    expect(new Set(sent.map((one) => one.phoneTime.seconds)).size).toBe(1)
    expect(sent.map((one) => one.sentPhoneTime.seconds)).toEqual([1n, 1n, 61n])
  })

  it('takes a second press of the same step for the same operation', async () => {
    const outbox = new Outbox(quick)
    const ids: string[] = []
    let answer: () => void = () => {}
    const first = outbox.press('job', 'tech.accept', (operation) => {
      ids.push(operation.id)
      return new Promise<void>((resolve) => (answer = resolve))
    })
    expect(await outbox.press('job', 'tech.accept', async () => void ids.push('second'))).toBe(false)
    answer()
    expect(await first).toBe(true)
    expect(ids).toHaveLength(1)
  })

  it('shows what was refused, and starts anew when it is pressed again', async () => {
    const outbox = new Outbox(quick)
    const ids: string[] = []
    const refuse = async (operation: Operation) => {
      ids.push(operation.id)
      throw new ConnectError('no', Code.FailedPrecondition)
    }
    await outbox.press('job', 'tech.depart', refuse)
    expect(outbox.pending).toMatchObject([{ repeatable: false }])
    await outbox.press('job', 'tech.depart', refuse)
    expect(outbox.pending).toHaveLength(1)
    expect(new Set(ids).size).toBe(2)
  })
})
