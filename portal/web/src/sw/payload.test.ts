import { describe, expect, it } from 'vitest'
import { onThisSite, readPayload } from './payload'

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
    })
    expect(readPayload(text, origin)).toEqual({
      title: 'På vei',
      body: 'Kari er på vei',
      url: '/requests/SR-1000427',
      tag: 'SR-1000427',
      lang: 'nb',
    })
  })

  it.each([undefined, '', 'no json', 'null', '[]', '{"title":7}', '{"title":'])('always has something to show: %s', (text) => {
    expect(readPayload(text, origin)).toMatchObject({ title: 'Utsendt', url: '/' })
  })
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
