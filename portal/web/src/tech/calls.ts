import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { AcceptResponse, CompleteResponse, DeclineResponse, EnRouteResponse, OnSiteResponse, SetDutyResponse } from '../gen/utsendt/mobile/v1/mobile_service_pb.js'
import type { Entry } from './queue/entry'
import { mobile } from './clients'

type Answer = SetDutyResponse | AcceptResponse | DeclineResponse | EnRouteResponse | OnSiteResponse | CompleteResponse

/** Sends one press. Its time and the time of sending go with it, so that the server can tell how wrong the phone's clock is. */
export function sendEntry(entry: Entry): Promise<Answer> {
  const operation = { id: entry.id, phoneTime: timestampFromMs(entry.pressedAt), sentPhoneTime: timestampFromMs(Date.now()) }
  const { requestId, visitId, content } = entry
  const step = { operation, requestId, visitId }
  switch (entry.step) {
    case 'go_on_duty':
    case 'go_off_duty':
      return mobile.setDuty({ operation, onDuty: entry.step === 'go_on_duty' })
    case 'accept':
      return mobile.accept(step)
    case 'decline':
      return mobile.decline({ ...step, reason: content.reason ?? '' })
    case 'depart':
      return mobile.enRoute(step)
    case 'arrive':
      return mobile.onSite(step)
    case 'complete': {
      const { outcome = 0, text = '', partsUsed = [], readings = [], partsMissing = [], signedBy = '' } = content
      return mobile.complete({ ...step, outcome, text, partsUsed, readings, partsMissing, signedBy })
    }
  }
}
