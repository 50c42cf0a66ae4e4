import { expect, it } from 'vitest'
import { destinationOf } from './destination'

const id = '018f0000-0000-7000-8000-000000000001'

it.each([
  ['/tech', { page: 'today' }],
  ['/tech/', { page: 'today' }],
  ['/tech/jobs', { page: 'today' }],
  [`/tech/jobs/${id}`, { page: 'job', requestId: id }],
  [`/tech/jobs/${id}/finish`, { page: 'finish', requestId: id }],
  [`/tech/jobs/${id}/decline`, { page: 'decline', requestId: id }],
  [`/tech/jobs/${id}/guide/papir%20stopp`, { page: 'guide', requestId: id, slug: 'papir stopp' }],
  [`/tech/jobs/${id}/guide/%E0%A4%A`, { page: 'none' }],
  [`/tech/jobs/${id}/guide`, { page: 'none' }],
  [`/tech/jobs/${id}/finish/twice`, { page: 'none' }],
  ['/tech/jobs/1', { page: 'none' }],
  ['/tech/changes', { page: 'changes' }],
  ['/tech/phone', { page: 'phone' }],
  ['/tech/phone/x', { page: 'none' }],
  ['/tech/elsewhere', { page: 'none' }],
  ['/board', { page: 'none' }],
])('%s', (path, expected) => expect(destinationOf(path)).toEqual(expected))
