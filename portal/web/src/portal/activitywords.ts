import type { Activity } from '../gen/utsendt/portal/v1/portal_service_pb.js'
import { hasText, t } from '../i18n/language.svelte'

/** What happened, as a sentence. A kind that is newer than this page is told by its name. */
export function activityWords(one: Pick<Activity, 'kind' | 'technicianFirstName'>): string {
  const key = `activity.${one.kind}`
  return hasText(key) ? t(key, { name: one.technicianFirstName || t('request.technician') }) : one.kind
}
