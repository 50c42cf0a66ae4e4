import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Command } from './commands.svelte'
import { matching } from './commands.svelte'
import type { Searches } from './find'
import { find } from './find'
import { shortcuts, typing } from './shortcuts.svelte'

const command = (id: string, label: string, hint = ''): Command => ({ id, group: 'app', label, hint, run: () => {} })

describe('matching', () => {
  const commands = [command('a', 'Sign out'), command('b', 'Assign the best', 'SR-1000427'), command('c', 'Customers'), command('d', 'Agree a time', 'SR-1000427')]
  it.each([
    ['', ['a', 'b', 'c', 'd']],
    ['sign', ['a', 'b']],
    ['the best', ['b']],
    ['1000427 time', ['d']],
    ['  CUSTOMERS ', ['c']],
    ['nothing like it', []],
  ])('%j', (query, ids) => expect(matching(commands, query).map((one) => one.id)).toEqual(ids))
})

describe('find', () => {
  const searches = (fail?: string) => {
    const answer = (name: string, value: object) => vi.fn(async () => (name === fail ? Promise.reject(new Error('down')) : value))
    return {
      dispatch: { listRequests: answer('requests', { requests: [{ id: 'r', number: 'SR-1', accountName: 'Prøve AS' }] }), listTechnicians: answer('technicians', { technicians: [{ id: 't', firstName: 'Kari', lastName: 'Prøve', skills: ['laser'] }] }) },
      fleet: { listAccounts: answer('accounts', { accounts: [{ id: 'c', fields: { name: 'Prøve AS', number: '7' } }] }), listDevices: answer('devices', { devices: [{ id: 'd', fields: { serialNumber: 'X1' }, model: 'M', accountName: 'Prøve AS', city: 'Oslo' }] }) },
    } as unknown as Searches
  }
  const signal = new AbortController().signal

  it('asks all kinds at once and leads to each', async () => {
    const { hits, failed } = await find(searches(), ' prøve ', signal)
    expect(failed).toBe(false)
    expect(hits.map((one) => [one.kind, one.href])).toEqual([
      ['requests', '/board/?request=r'], ['customers', '/board/customers/c'], ['devices', '/board/devices/d'], ['technicians', '/board/technicians/t'],
    ])
  })

  it('shows what was found though one search failed', async () => {
    const { hits, failed } = await find(searches('accounts'), 'prøve', signal)
    expect(failed).toBe(true)
    expect(hits.map((one) => one.kind)).toEqual(['requests', 'devices', 'technicians'])
  })

  it('asks nothing for a single letter', async () => {
    const all = searches()
    expect(await find(all, ' p ', signal)).toEqual({ hits: [], failed: false })
    expect(all.dispatch.listRequests).not.toHaveBeenCalled()
  })
})

describe('single letters', () => {
  const field = (selector: string, type = 'text') => ({ closest: (wanted: string) => (wanted.split(', ').includes(selector) ? { type } : null) }) as unknown as EventTarget
  const key = (target: EventTarget, more = {}) => ({ target, defaultPrevented: false, repeat: false, isComposing: false, ...more }) as KeyboardEvent
  afterEach(() => shortcuts.set(true))

  it('are heard outside of fields alone', () => {
    expect(typing(field('input'))).toBe(true)
    expect(typing(field('textarea', 'textarea'))).toBe(true)
    expect(typing(field('input', 'checkbox'))).toBe(false)
    expect(typing(field('button'))).toBe(false)
    expect(shortcuts.heard(key(field('button')))).toBe(true)
    expect(shortcuts.heard(key(field('input')))).toBe(false)
    expect(shortcuts.heard(key(field('button'), { isComposing: true }))).toBe(false)
  })

  it('can be turned off', () => {
    shortcuts.set(false)
    expect(shortcuts.heard(key(field('button')))).toBe(false)
  })
})
