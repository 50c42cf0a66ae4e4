import { RequestState } from '../../gen/utsendt/dispatch/v1/request_pb.js'
import { t } from '../../i18n/language.svelte'
import { stateWord } from '../../i18n/words.svelte'

/** Where a visit stands, in one sentence for whoever waits for it. */
export function headline(visit: { state: RequestState; technicianFirstName: string }): string {
  const name = visit.technicianFirstName || t('request.technician')
  switch (visit.state) {
    case RequestState.TO_BE_SCHEDULED:
      return t('follow.head.to_be_scheduled')
    case RequestState.DISPATCHED:
      return t('follow.head.dispatched', { name })
    case RequestState.EN_ROUTE:
      return t('follow.head.en_route', { name })
    case RequestState.ON_SITE:
      return t('follow.head.on_site', { name })
    case RequestState.COMPLETED:
      return t('follow.head.completed')
    case RequestState.CANCELLED:
      return t('follow.head.cancelled')
    default:
      return stateWord(visit.state)
  }
}
