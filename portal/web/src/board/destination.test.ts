import { expect, it } from 'vitest'
import { destinationOf } from './destination'

it.each([
  ['/board/', { page: 'queue', id: '' }],
  ['/board', { page: 'queue', id: '' }],
  ['/board/approvals', { page: 'approvals', id: '' }],
  ['/board/orders/', { page: 'orders', id: '' }],
  ['/board/orders/SO-1000019', { page: 'order', id: 'SO-1000019' }],
  ['/board/devices/new', { page: 'device', id: 'new' }],
  ['/board/sites', { page: 'none', id: '' }],
  ['/board/territories/NO-0150', { page: 'territory', id: 'NO-0150' }],
  ['/board/countries', { page: 'countries', id: '' }],
  ['/board/people/1', { page: 'person', id: '1' }],
  ['/board/notifications', { page: 'notifications', id: '' }],
  ['/board/approvals/x', { page: 'none', id: '' }],
  ['/board/orders/a/b', { page: 'none', id: '' }],
  ['/board/orders/%E0%A4%A', { page: 'none', id: '' }],
  ['/board/toString/x', { page: 'none', id: '' }],
  ['/board/elsewhere', { page: 'none', id: '' }],
])('%s', (path, expected) => expect(destinationOf(path)).toEqual(expected))
