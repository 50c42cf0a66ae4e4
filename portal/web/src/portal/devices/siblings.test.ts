import { create } from '@bufbuild/protobuf'
import { expect, it } from 'vitest'
import { SiblingSchema } from '../../gen/utsendt/portal/v1/registration_service_pb.js'
import { chosenOf, rowOf } from './siblings'

it('ticks every device with what the server proposes, and asks for those that stay ticked', () => {
  const rows = ['a', 'b', 'c'].map((deviceId) => rowOf(create(SiblingSchema, { deviceId, backupEmail: 'post@example.com', reminders: true })))
  expect(rows.map((row) => row.chosen)).toEqual([true, true, true])
  rows[1]!.chosen = false
  rows[2]!.friendlyName = '  Arkivet '
  rows[2]!.reminders = false
  expect(chosenOf(rows)).toEqual([
    { deviceId: 'a', friendlyName: '', backupEmail: 'post@example.com', reminders: true },
    { deviceId: 'c', friendlyName: 'Arkivet', backupEmail: 'post@example.com', reminders: false },
  ])
})
