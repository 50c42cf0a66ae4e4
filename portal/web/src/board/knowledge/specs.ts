// The form of an article, in the page's language.
import { ArticleTopic } from '../../gen/utsendt/portal/v1/help_service_pb.js'
import type { TextKey } from '../../i18n/language.svelte'
import { t } from '../../i18n/language.svelte'
import type { Option, Spec } from '../form/spec'

const topics: [ArticleTopic, TextKey][] = [
  [ArticleTopic.METER_READING, 'knowledge.topic.meter_reading'],
  [ArticleTopic.FAULT, 'knowledge.topic.fault'],
  [ArticleTopic.SUPPLIES, 'knowledge.topic.supplies'],
  [ArticleTopic.SET_UP, 'knowledge.topic.set_up'],
  [ArticleTopic.GENERAL, 'knowledge.topic.general'],
]
export const topicOptions = (): Option[] => topics.map(([topic, key]) => ({ value: String(topic), label: t(key) }))
export const topicWord = (topic: ArticleTopic): string => t(topics.find(([one]) => one === topic)?.[1] ?? 'state.unknown')

export const articleSpecs = (models: string[]): Spec[] => [
  { name: 'slug', label: t('knowledge.slug'), hint: t('knowledge.slug_hint'), maxlength: 100 },
  { name: 'topic', label: t('knowledge.topic'), kind: 'select', options: [{ value: '', label: t('fleet.choose') }, ...topicOptions()] },
  { name: 'models', label: t('knowledge.models'), hint: t('knowledge.models_hint'), kind: 'tags', suggestions: models, optional: true },
  { name: 'title_nb', label: t('knowledge.title_nb'), optional: true, wide: true },
  { name: 'body_nb', label: t('knowledge.body_nb'), kind: 'area', rows: 14, maxlength: 20000, optional: true },
  { name: 'title_en', label: t('knowledge.title_en'), optional: true, wide: true },
  { name: 'body_en', label: t('knowledge.body_en'), kind: 'area', rows: 14, maxlength: 20000, optional: true },
]
