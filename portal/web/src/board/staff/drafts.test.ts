import { expect, it } from 'vitest'
import { personFields, personRead, stockOf, stockText, technicianFields, technicianRead } from './drafts'

it.each([
  ['TK-1=2', { partNumber: 'TK-1', quantity: 2 }],
  ['TK-1', { partNumber: 'TK-1', quantity: 1 }],
  ['TK 1 =12', { partNumber: 'TK 1', quantity: 12 }],
  ['TK-1=', undefined],
  ['=2', undefined],
  ['TK-1=many', undefined],
  ['TK-1=999999', undefined],
  ['', undefined],
])('%s in the van', (written, part) => expect(stockOf(written)).toEqual(part))

it('gives back a stock as it was written', () => expect(stockOf(stockText({ partNumber: 'TK-1', quantity: 7 }))).toEqual({ partNumber: 'TK-1', quantity: 7 }))

it('keeps a technician whole through the form', () => {
  const fields = technicianFields({ ...technicianRead(undefined).draft, number: ' T-9 ', first_name: 'Prøve', home_latitude: '59,91', home_longitude: '10.75', skills: ['a3'], van_stock: ['TK-1=2', 'nonsense='], shift_start: '07:30:00' })
  expect(fields).toMatchObject({ number: 'T-9', homeLatitude: 59.91, homeLongitude: 10.75, skills: ['a3'], shiftStart: '07:30', active: true, vanStock: [{ partNumber: 'TK-1', quantity: 2 }] })
})

it('lets go of a company when somebody is no customer any more', () => {
  const draft = { ...personRead(undefined).draft, role: '3', account_id: 'a', technician_id: 't' }
  expect(personFields(draft, { customer: 1, technician: 2 })).toMatchObject({ role: 3, accountId: '', technicianId: '' })
  expect(personFields({ ...draft, role: '1' }, { customer: 1, technician: 2 })).toMatchObject({ accountId: 'a', technicianId: '' })
})
