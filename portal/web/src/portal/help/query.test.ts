import { expect, it } from 'vitest'
import { queryOf } from './query'

it.each([
  ['', ''],
  ['Det er en J018', 'j018'],
  ['Papiret setter seg fast, papiret krølles i magasin 2', 'papiret or krølles or magasin or setter or fast'],
  ['-- " \' <b>', ''],
])('%j', (typed, query) => expect(queryOf(typed)).toBe(query))

it('stays within what the server takes', () => expect(queryOf(Array.from({ length: 9 }, (_, i) => 'æ'.repeat(40) + i).join(' ')).length).toBeLessThanOrEqual(200))
