import type { Share } from '../../gen/utsendt/portal/v1/tracking_service_pb.js'
import { t } from '../../i18n/language.svelte'
import { when } from '../../i18n/words.svelte'

/** When a link was made and by whom: a customer is not told which of our staff it was. */
export function madeWords(share: Share, zone?: string): string {
  const at = share.madeAt ? when(share.madeAt, zone) : ''
  if (share.mine) return t('share.made_by_you', { when: at })
  return share.madeBy ? t('share.made_by', { when: at, name: share.madeBy }) : t('share.made_by_us', { when: at })
}
