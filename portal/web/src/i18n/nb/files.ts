/** Norwegian bokmål: imports, exports and what is done on behalf of customers. */
export const files = {
  'files.files': 'Filer',
  'files.register_many': 'Registrer for kunde',
  'files.order_for': 'Bestill for kunden',
}
