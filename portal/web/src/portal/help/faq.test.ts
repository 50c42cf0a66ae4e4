import { describe, expect, it } from 'vitest'
import { destinationOf } from '../destination'
import { questionsIn } from './faq'

describe('the questions', async () => {
  const [nb, en, fi] = await Promise.all(['nb', 'en', 'fi'].map(questionsIn))
  it('are the same in each language, each once, and lead to the same pages', () => {
    const told = (list: typeof nb) => list!.map((one) => [one.name, one.to?.href])
    expect(told(nb)).toEqual(told(en))
    expect(new Set(nb!.map((one) => one.name)).size).toBe(nb!.length)
    for (const one of [...nb!, ...en!]) expect(one.ask.trim() && one.answer.trim() && (one.to ? one.to.label.trim() : true), one.name).toBeTruthy()
  })
  it('lead to pages that there are', () => {
    for (const one of nb!) if (one.to) expect(destinationOf(one.to.href).page, one.to.href).not.toBe('none')
  })
  it('are in English where a language has none', () => expect(fi).toEqual(en))
})
