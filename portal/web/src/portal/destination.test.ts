import { expect, it } from 'vitest'
import { destinationOf } from './destination'

it.each([
  ['/', { page: 'home', id: '' }],
  ['/requests', { page: 'requests', id: '' }],
  ['/requests/SR-1000427', { page: 'request', id: 'SR-1000427' }],
  ['/report/E%2F17', { page: 'report', id: 'E/17' }],
  ['/order', { page: 'order', id: '' }],
  ['/order/E%2F17', { page: 'placeOrder', id: 'E/17' }],
  ['/orders/SO-1000452', { page: 'placedOrder', id: 'SO-1000452' }],
  ['/help/papirstopp', { page: 'article', id: 'papirstopp' }],
  ['/readings', { page: 'readings', id: '' }],
  ['/readings/bulk', { page: 'bulkReadings', id: '' }],
  ['/readings/other', { page: 'none', id: '' }],
  ['/readings/bulk/x', { page: 'none', id: '' }],
  ['/usage', { page: 'usage', id: '' }],
  ['/devices/', { page: 'devices', id: '' }],
  ['/devices/E%2F17', { page: 'device', id: 'E/17' }],
  ['/address/E174', { page: 'address', id: 'E174' }],
  ['/address', { page: 'none', id: '' }],
  ['/register', { page: 'register', id: '' }],
  ['/requests/a/b', { page: 'none', id: '' }],
  ['/requests/%E0%A4%A', { page: 'none', id: '' }],
  ['/elsewhere', { page: 'none', id: '' }],
  ['/toString/x', { page: 'none', id: '' }],
])('%s', (path, expected) => expect(destinationOf(path)).toEqual(expected))
