/** Norwegian bokmål: the articles of the knowledge base. */
export const knowledge = {
  'knowledge.articles': 'Kunnskapsbase',
}
