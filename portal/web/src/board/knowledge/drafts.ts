// An article as its form holds it, and back again.
import type { EditedArticle } from '../../gen/utsendt/backoffice/v1/knowledge_service_pb.js'
import type { Read } from '../form/Editor.svelte'
import type { Draft } from '../form/spec'

export const articleLanguages = ['nb', 'en'] as const
const text = (draft: Draft, name: string) => String(draft[name] ?? '').trim()

export function articleRead(one: EditedArticle | undefined): Read {
  const content = one?.content
  const draft: Draft = { slug: content?.slug ?? '', topic: String(content?.topic ?? ''), models: [...(content?.models ?? [])] }
  for (const language of articleLanguages) {
    const found = content?.texts.find((other) => other.language === language)
    draft[`title_${language}`] = found?.title ?? ''
    draft[`body_${language}`] = found?.body ?? ''
  }
  return { revision: one ? String(one.version) : '', draft }
}

/** What is written, in each language that has a title or a body. */
export const articleContent = (draft: Draft) => ({
  slug: text(draft, 'slug'),
  topic: Number(draft.topic),
  models: Array.isArray(draft.models) ? draft.models : [],
  texts: articleLanguages
    .map((language) => ({ language, title: text(draft, `title_${language}`), body: text(draft, `body_${language}`) }))
    .filter((one) => one.title || one.body),
})

/** Fields of a language that is begun and not whole; of the first one where there is none at all. */
export function halfWritten(draft: Draft): string[] {
  const begun = articleLanguages.filter((language) => text(draft, `title_${language}`) || text(draft, `body_${language}`))
  return (begun.length > 0 ? begun : (['nb'] as const)).flatMap((language) => [`title_${language}`, `body_${language}`]).filter((name) => !text(draft, name))
}

/** An address for a title: small letters, digits and single hyphens. */
export function slugOf(title: string): string {
  const plain = title.toLowerCase().replace(/æ/g, 'ae').replace(/ø/g, 'o').replace(/å/g, 'a').normalize('NFD').replace(/\p{M}/gu, '')
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 100).replace(/-+$/, '')
}
