// Package web carries the built web apps inside the binary: the customer's portal (index.html), the
// dispatcher's board (board/index.html), the technician's app (tech/index.html) and the service worker
// (sw.js) that shows notifications.
//
// The apps are one TypeScript project (see README.md beside this file). `npm run build` writes them to
// dist/app; a Go build made before that holds none, and [FS] says so, so that the server can answer
// "the web apps are not built" instead of an empty page. Files under assets/ carry a hash of their content
// in their name and may be cached for ever; everything else must be asked for anew.
package web
