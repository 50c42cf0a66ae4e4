import { expect, it } from 'vitest'
import { destinationOf } from './destination'

it.each([
  ['/', { page: 'requests' }],
  ['/requests', { page: 'requests' }],
  ['/requests/SR-1000427', { page: 'request', id: 'SR-1000427' }],
  ['/report/E%2F17', { page: 'report', id: 'E/17' }],
  ['/devices/', { page: 'devices' }],
  ['/requests/a/b', { page: 'none' }],
  ['/requests/%E0%A4%A', { page: 'none' }],
  ['/elsewhere', { page: 'none' }],
])('%s', (path, expected) => expect(destinationOf(path)).toEqual(expected))
