import { timestampMs } from '@bufbuild/protobuf/wkt'
import type { Me } from '../../gen/utsendt/mobile/v1/mobile_service_pb.js'
import type { Entry } from '../queue/entry'

export type Duty = 'on' | 'off' | 'unknown'

/** On duty by the last press that waits, else by the server's last word. */
export function dutyOf(waiting: Pick<Entry, 'step'>[], me: Pick<Me, 'onDuty'> | undefined): Duty {
  const pressed = waiting.findLast((one) => one.step === 'go_on_duty' || one.step === 'go_off_duty')
  if (pressed) return pressed.step === 'go_on_duty' ? 'on' : 'off'
  if (!me) return 'unknown'
  return me.onDuty ? 'on' : 'off'
}

/** Answers overtake each other by seconds; more than this is a server whose clock was set. */
const overtakes = 60_000

/** Whether the server said this before what is known. */
export function isBefore(said: Pick<Me, 'serverTime'>, known: Pick<Me, 'serverTime'> | undefined): boolean {
  if (!said.serverTime || !known?.serverTime) return false
  const behind = timestampMs(known.serverTime) - timestampMs(said.serverTime)
  return behind > 0 && behind < overtakes
}
