// What people ask most, with where in the portal the answer is acted upon. Loaded on the help page alone.

export interface Question {
  /** The same in every language: what a link may lead to. */
  name: string
  ask: string
  answer: string
  /** The page that it is about. */
  to?: { href: string; label: string }
}

const catalogues: Record<string, () => Promise<{ questions: Question[] }>> = {
  nb: () => import('./faq.nb'),
  en: () => import('./faq.en'),
}

export async function questionsIn(language: string): Promise<Question[]> {
  return (await (catalogues[language] ?? catalogues.en!)()).questions
}
