/** English: imports, exports and what is done on behalf of customers. */
export const files = {
  'files.files': 'Files',
  'files.register_many': 'Register for a customer',
  'files.order_for': 'Order for the customer',
}
