import { describe, expect, it } from 'vitest'
import { isNewer, onThisSite, readPayload } from './payload'

const origin = 'https://utsendt.example'

describe('readPayload', () => {
  it('reads what the server sends', () => {
    const text = JSON.stringify({
      title: 'På vei',
      body: 'Kari er på vei',
      url: '/requests/SR-1000427',
      tag: 'SR-1000427',
      lang: 'nb',
      kind: 'en_route',
      requestNumber: 'SR-1000427',
      seq: 42,
    })
    expect(readPayload(text, origin)).toEqual({
      title: 'På vei',
      body: 'Kari er på vei',
      url: '/requests/SR-1000427',
      tag: 'SR-1000427',
      lang: 'nb',
      seq: 42,
    })
  })

  it.each(['{"seq":"9"}', '{"seq":null}', '{}'])('has no place in the order when none is told: %s', (text) => {
    expect(readPayload(text, origin).seq).toBe(0)
  })

  it.each([undefined, '', 'no json', 'null', '[]', '{"title":7}', '{"title":'])('always has something to show: %s', (text) => {
    expect(readPayload(text, origin)).toMatchObject({ title: 'Utsendt', url: '/' })
  })
})

describe('isNewer', () => {
  it.each([
    ['a newer one is on the screen', { seq: 9 }, 8, true],
    ['the same message came twice', { seq: 8 }, 8, false],
    ['an older one is on the screen', { seq: 7 }, 8, false],
    ['what is on the screen does not say', { url: '/' }, 8, false],
    ['what is on the screen has no data', null, 8, false],
    ['the message does not say', { seq: 9 }, 0, false],
  ])('%s', (_, shown, seq, expected) => expect(isNewer(shown, seq)).toBe(expected))
})

describe('onThisSite', () => {
  it.each([
    ['/requests/1?a=b#c', '/requests/1?a=b#c'],
    [`${origin}/tech/`, '/tech/'],
    ['https://elsewhere.example/x', '/'],
    ['//elsewhere.example/x', '/'],
    ['javascript:alert(1)', '/'],
    ['', '/'],
  ])('%s: %s', (address, expected) => expect(onThisSite(address, origin)).toBe(expected))
})
