/** English: the articles of the knowledge base. */
export const knowledge = {
  'knowledge.articles': 'Knowledge base',
}
