// Where a page tells the service worker whose push this browser has: a cache is the one storage of both that needs no library.

export const personCache = 'utsendt-push'
export const personPath = '/push/person'
